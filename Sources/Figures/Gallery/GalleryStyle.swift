/// How the page of figures looks.
enum GalleryStyle {
  static let css = """
    :root { color-scheme: light dark; --text: #1a1a1a; --muted: #4d4d4d; --page: #fff; --line: #ddd; --link: #0b5394; }
    @media (prefers-color-scheme: dark) {
      :root { --text: #e6e6e6; --muted: #b3b3b3; --page: #16181b; --line: #3a3d42; --link: #8ab8ec; }
      img { filter: brightness(.9); }
    }
    html { scroll-padding-top: 1rem; }
    body { margin: 0 auto; max-width: 84rem; padding: 1rem; font: 1rem/1.5 system-ui, sans-serif; color: var(--text); background: var(--page); }
    h1 { font-size: 1.5rem; line-height: 1.2; }
    h2 { font-size: 1.1rem; line-height: 1.3; margin: 0 0 .75rem; }
    nav, section { border-top: 1px solid var(--line); padding: 1.25rem 0; margin-top: 1rem; }
    nav ol { columns: 22rem auto; column-gap: 1.5rem; list-style: none; margin: 0; padding: 0; font-size: .9rem; }
    nav li { break-inside: avoid; padding: .15rem 0 .15rem 1rem; text-indent: -1rem; }
    section:target h2 { text-decoration: underline; text-decoration-thickness: 2px; text-underline-offset: .3em; }
    .row { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: 1.5rem; align-items: start; }
    .tall { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1.5rem; }
    .row > p { margin: 0; }
    figure { margin: 0; min-width: 0; max-width: 42rem; }
    .tall figure { max-width: 62rem; }
    .plate { display: block; overflow-x: auto; background: #fff; border-radius: 3px; }
    img { display: block; width: 100%; height: auto; background: #fff; }
    /* Figures of one column of print have letters of the same size as those of two. */
    .plate:not(.wide) img { max-width: 28rem; }
    /* Where the page is narrower than print, a figure keeps a size at which it can be read, and is moved sideways. */
    @media (max-width: 40rem) { .wide img { width: 38rem; max-width: none; } }
    figcaption { margin-top: .5rem; font-size: .85rem; color: var(--muted); }
    .none, .back { color: var(--muted); font-size: .85rem; }
    .back { margin: .75rem 0 0; }
    .data { display: block; overflow-wrap: anywhere; }
    a { color: var(--link); }
    .anchor { text-decoration: none; font-weight: normal; color: var(--muted); }
    a:focus-visible, main:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
    .skip { position: absolute; left: -99rem; }
    .skip:focus { position: static; }
    @media print { nav, .back, .anchor, .skip { display: none; } section { break-inside: avoid; } }
    """
}
