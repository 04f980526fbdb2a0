#!/usr/bin/env bash
# Kills every stage at random moments, and takes away its disk, its rights, its descriptors and its surroundings. After each
# the outputs must be absent, old or whole, and a rerun must give the same bytes and leave nothing behind.
#
#   Scripts/chaos.sh BUILD [KILLS [SEED]]     BUILD is the folder with the executables, as .build/release
#
# CHAOS_STAGES names some of the stages, which are all tried otherwise.
# Prints a line a trial: what, how often, what was found wrong. Ends with status 1 where anything was.
set -uo pipefail
build=$(cd "$1" && pwd)
kills=${2:-100}
RANDOM=${3:-1}
here=$(cd "$(dirname "$0")/.." && pwd)
place=$(mktemp -d)
cleanup() {
  mountpoint -q "$place/full" && umount "$place/full"
  chmod -R u+rwX "$place" 2> /dev/null
  rm -rf "$place"
}
trap cleanup EXIT
cd "$place" || exit 1
wrong=0

say() { printf '%-34s %6s  %s\n' "$1" "$2" "$3"; }
fault() {
  wrong=$((wrong + 1))
  printf 'WRONG: %s\n' "$1"
}
# Whether a failure said one to three lines and no more.
brief() { [ -s "$1" ] && [ "$(wc -l < "$1")" -le 3 ]; }

# A study small enough for hundreds of trials, its inputs, and what is right.
mkdir in
awk 'BEGIN { print "N,D,loss"; for (i = 0; i < 24; i++) { n = 1e8 * 2 ^ (i % 6); d = 2e9 * 3 ^ int(i / 6)
  printf "%.0f,%.0f,%.6f\n", n, d, (1.7 + 400 / n ^ 0.34 + 400 / d ^ 0.28) * (1 + 0.002 * sin(7 * i)) } }' > in/runs.csv
for name in isoFLOP protocol-1; do head -n 120 "$here/Studies/paper/logs/$name.jsonl" > "in/$name.jsonl"; done
cat > in/sweep.json << 'END'
{"sweep": "tiny", "problem": "mapping", "groups": [
  {"draws": [{"places": 4}], "widths": [8, 16], "steps": [100], "seeds": [1, 2], "teachers": {"widths": [24], "steps": [100]}}]}
END
mkdir -p Studies project/Sources in/plan/logs
echo '{"planning": {"studentParameters": [1e9], "compute": [1e20, 1e21]}}' > in/plan/study.json
cp in/protocol-1.jsonl in/plan/logs/
"$build/distill-fit" --law supervised --runs in/runs.csv --output in/fit.json > /dev/null || exit 1
"$build/distill-study" new tiny --runs in/runs.csv > /dev/null || exit 1
cp -r "$here/Makefile" "$here/Scripts" Studies project/
# The executables are there; nothing is built.
mkdir -p project/.build
ln -s "$build" project/.build/release
touch -d 2000-01-01 project/Package.swift project/Sources
touch project/.build/built

read -ra stages <<< "${CHAOS_STAGES:-ingest fit bootstrap render optimize sweep make}"
# The command of a stage, which writes into $1.
command_of() {
  case $2 in
    ingest) echo "$build/distill-ingest --study paper --store $1/runs.sqlite in/isoFLOP.jsonl in/protocol-1.jsonl" ;;
    fit) echo "$build/distill-fit --law chinchilla --runs in/runs.csv --threads 1 --output $1/fit.json" ;;
    bootstrap) echo "$build/distill-bootstrap --law supervised --runs in/runs.csv --fit in/fit.json --resamples 40 --threads 1 --output $1/bootstrap.json --samples $1/laws.csv" ;;
    render) echo "$build/distill-render --root $here/Studies --study paper --figure 8 --results $here/results/paper --output $1" ;;
    optimize) echo "$build/distill-optimize --root in --study plan --law figures --threads 1 --results $1" ;;
    sweep) echo "$build/distill-train sweep in/sweep.json --log $1/log.jsonl --jobs 1 --checkpoint-interval 0.05 --checkpoints $1/checkpoints --weights $1/weights" ;;
    make) echo "make -C $1 STUDY=tiny results/tiny/fit-chinchilla.json" ;;
  esac
}
# Where a stage works, fresh.
fresh() {
  rm -rf "$1"
  mkdir -p "$1"
  if [ "$2" = make ]; then cp -a project/. "$1/"; fi
}
# The outputs of a stage that must be as they are right. What a sweep measures in seconds, and a store's pages, are not.
outputs() {
  case $1 in
    ingest) ;;
    sweep) echo log.jsonl ;;
    make) (cd "$2" && find results -type f 2> /dev/null | sort) ;;
    *) (cd "$2" && find . -type f ! -name '.*' | sort) ;;
  esac
}
plain() { sed -E 's/"seconds":[0-9.e-]+,?//' "$1"; }
same() { # stage, folder, file: whether the file is as it is right
  if [ "$1" = sweep ]; then cmp -s <(plain "$2/$3") <(plain "right/$1/$3"); else cmp -s "$2/$3" "right/$1/$3"; fi
}
leftovers() { find "$1" \( -name '.*.new' -o -name '*.new' -o -name '*-journal' -o -name '*.lock' -o -name '*.made' -o -name '.dat*' \) ! -path '*/.build/*' | head -3; }
# Whether what a whole run left in $2 is right.
check_whole() {
  local file
  for file in $(outputs "$1" "right/$1"); do same "$1" "$2" "$file" || fault "$1: $file differs after $3"; done
  [ -z "$(leftovers "$2")" ] || fault "$1: left behind after $3: $(leftovers "$2" | tr '\n' ' ')"
  if [ "$1" = ingest ]; then
    $(command_of "$2" ingest) 2> /dev/null | grep -q ': 0 new runs, ' || fault "ingest: runs are missing after $3"
  fi
  if [ "$1" = sweep ] && [ -n "$(ls "$2/checkpoints" 2> /dev/null)" ]; then fault "sweep: checkpoints are left after $3"; fi
}

declare -A took
for stage in "${stages[@]}"; do
  fresh "right/$stage" "$stage"
  start=$(date +%s%N)
  $(command_of "right/$stage" "$stage") > out 2> err || { cat err; echo "$stage does not run"; exit 1; }
  took[$stage]=$((($(date +%s%N) - start) / 1000000))
done

# Ten kills in a row, each at a moment of the whole time, then a run to the end. Only a kill that meets a running process
# counts. How long a stage takes depends on what else the machine does: one that ended before its moment was shorter.
killed=0
for stage in "${stages[@]}"; do
  hit=0 tried=0 span=${took[$stage]}
  while ((hit < kills && tried < 30 * kills)); do
    if ((hit % 10 == 0)); then fresh work "$stage"; fi
    setsid $(command_of work "$stage") > /dev/null 2>&1 &
    process=$!
    moment=$(((RANDOM * 32768 + RANDOM) % span + 1))
    sleep "$((moment / 1000)).$(printf '%03d' $((moment % 1000)))"
    tried=$((tried + 1))
    if kill -9 -- "-$process" 2> /dev/null; then
      hit=$((hit + 1)) span=$((span + span / 50 + 1))
    else
      span=$((moment > 30 ? moment : 30))
      wait "$process" 2> /dev/null
      continue
    fi
    wait "$process" 2> /dev/null
    for file in $(outputs "$stage" work); do
      [ "$stage" = sweep ] || [ ! -e "right/$stage/$file" ] || same "$stage" work "$file" || fault "$stage: a part of $file after a kill"
    done
    if ((hit % 10 == 0 || hit == kills)); then
      $(command_of work "$stage") > out 2> err || fault "$stage: a rerun after kills fails: $(head -c 300 err)"
      check_whole "$stage" work "kills"
    fi
  done
  killed=$((killed + hit))
  say "kill -9: $stage" "$hit" "of $tried moments; ${took[$stage]} ms undisturbed"
done

# Two of everything at once.
for stage in "${stages[@]}"; do
  [ "$stage" = make ] && continue
  for ((round = 0; round < 10; round++)); do
    fresh work "$stage"
    $(command_of work "$stage") > /dev/null 2> err &
    first=$!
    $(command_of work "$stage") > /dev/null 2> err2
    second=$?
    wait $first
    first=$?
    # A sweep's log has one writer; the other says so.
    if [ "$stage" = sweep ]; then
      if ((first != 0 && second != 0)); then fault "two sweeps: neither went on"; fi
    elif ((first != 0 || second != 0)); then fault "two of $stage: $(cat err err2 | head -c 300)"; fi
    check_whole "$stage" work "two at once"
  done
  say "two at once: $stage" 10 ""
done

# No room: a file system of 64 KiB where one may be mounted, else a limit of file size, which is met inside a write.
mkdir -p full
for stage in "${stages[@]}"; do
  [ "$stage" = make ] && continue
  if mount -t tmpfs -o size=16k tmpfs full 2> /dev/null; then
    room="a full disk"
    head -c 16384 /dev/zero > full/filler 2> /dev/null
    $(command_of full "$stage") > out 2> err
    status=$?
    rm -f full/filler
  else
    room="a limit of file size"
    rm -rf full && mkdir full
    (trap '' XFSZ; ulimit -f 0; $(command_of full "$stage") 2>&1 >/dev/null | cat > err; exit "${PIPESTATUS[0]}")
    status=$?
  fi
  if ((status == 0 || status > 128)) || ! brief err; then fault "$stage on $room: status $status: $(head -c 300 err)"; fi
  for file in $(outputs "$stage" full); do [ ! -s "full/$file" ] || same "$stage" full "$file" || fault "$stage on $room: a part of $file"; done
  mountpoint -q full && umount full
  say "$room: $stage" 1 "$(head -c 110 err)"
done

# A folder that cannot be written. Root may write everywhere, so another user does it.
as=()
if [ "$(id -u)" = 0 ]; then as=(setpriv --reuid=65534 --regid=65534 --clear-groups); fi
chmod 755 "$place"
for stage in "${stages[@]}"; do
  [ "$stage" = make ] && continue
  fresh work "$stage"
  chmod 555 work
  "${as[@]}" $(command_of work "$stage") > out 2> err
  status=$?
  if ((status == 0 || status > 128)) || ! brief err; then fault "$stage in a read-only folder: status $status: $(head -c 300 err)"; fi
  [ -z "$(ls -A work)" ] || fault "$stage wrote into a read-only folder"
  chmod 755 work
  say "read-only folder: $stage" 1 "$(head -c 110 err)"
done

# Surroundings. Each must give the same bytes.
around() { # what, stage, command...
  local what=$1 stage=$2
  shift 2
  fresh work "$stage"
  "$@" $(command_of work "$stage") > out 2> err || fault "$stage with $what: $(head -c 300 err)"
  check_whole "$stage" work "$what"
}
few() { (ulimit -n 12 && "$@"); }
private() { (umask 077 && "$@"); }
for stage in "${stages[@]}"; do
  [ "$stage" = make ] && continue
  for locale in C de_DE.UTF-8 tr_TR.UTF-8 ar_EG.UTF-8; do around "locale $locale" "$stage" env LC_ALL=$locale LANG=$locale; done
  around "no HOME" "$stage" env -u HOME
  around "an empty environment" "$stage" env -i PATH="$PATH"
  around "umask 077" "$stage" private
  around "12 file descriptors" "$stage" few
  say "surroundings: $stage" 8 "locales, no HOME, no environment, umask 077, 12 descriptors"
done

# Names of files and folders, links, and a large log: once, of one stage.
if [[ " ${stages[*]} " == *" fit "* ]]; then
  odd=("with space" $'with\nline' "Ünï-号" "-dash" "a'b\"c")
  for name in "${odd[@]}"; do
    mkdir -p "./$name"
    cp in/runs.csv "./$name/-runs $name.csv"
    "$build/distill-fit" --law chinchilla --runs "./$name/-runs $name.csv" --threads 1 --output "./$name/-fit.json" > out 2> err \
      || fault "the name $(printf %q "$name"): $(head -c 300 err)"
    cmp -s "./$name/-fit.json" right/fit/fit.json || fault "the name $(printf %q "$name") changes a fit"
    "$build/distill-fit" --law chinchilla --runs "./$name/none" > out 2> err && fault "a missing file is no error"
    [ "$(wc -l < err)" = 1 ] || fault "a message of several lines about $(printf %q "$name")"
  done
  say "odd names" ${#odd[@]} "spaces, line ends, Unicode, a leading dash, quotes"
  fresh work fit
  ln -s aim.json work/fit.json
  $(command_of work fit) > out 2> err || fault "an output through a link: $(cat err)"
  { [ -L work/fit.json ] && cmp -s work/aim.json right/fit/fit.json; } || fault "an output through a link replaces the link"
  say "an output through a link" 1 ""

  # A log of 200 MB.
  fresh work ingest
  LC_ALL=C awk 'NR == 1 { at = index($0, "\"run\":\"") + 7; start = substr($0, 1, at - 1); rest = substr($0, at)
    for (i = 0; i < 2e8 / length($0); i++) print start i "-" rest }' in/isoFLOP.jsonl > big.jsonl
  bytes=$(stat -c %s big.jsonl)
  start=$(date +%s)
  "$build/distill-ingest" --study paper --store work/runs.sqlite big.jsonl > out 2> err || fault "a log of $bytes bytes: $(head -c 300 err)"
  say "a log of $((bytes / 1000000)) MB" 1 "$(($(date +%s) - start)) s; $(cat out)"
fi

say "kills that met a running process" "$killed" ""
echo "found wrong: $wrong"
[ "$wrong" = 0 ]
