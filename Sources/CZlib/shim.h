#include <zlib.h>

// inflateInit2 is a macro, which Swift does not see. 31 is the largest window, with the header and trailer of gzip.
static inline int gzip_inflate_init(z_stream *stream) {
  return inflateInit2(stream, 31);
}
