// The page's style sheet, as text, so that the bundled program needs no files beside it. Colours are paired with signs
// and words everywhere; both schemes keep text at WCAG 2.2 AA contrast (4.5:1).

export const pageStyle = `:root {
  color-scheme: light dark;
  --back: #f6f7f9; --box: #ffffff; --line: #d5dae1; --text: #1a2029; --soft: #55606e; --link: #0b57c2;
  --good: #0f6b32; --good-back: #e2f4e8; --bad: #b3121d; --bad-back: #fde5e6;
  --warn: #8a4b00; --warn-back: #fdf0d8; --unknown: #5a3fa8; --unknown-back: #ece7fb;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #12161c; --box: #1a2029; --line: #333d4a; --text: #e4e9f0; --soft: #9daab9; --link: #7fb2ff;
    --good: #6bd694; --good-back: #16301f; --bad: #ff8f95; --bad-back: #46171b;
    --warn: #f5b95c; --warn-back: #3a2a10; --unknown: #bba8ff; --unknown-back: #2a2247;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 84rem; padding: 0 1rem 2rem; background: var(--back); color: var(--text);
  font: 15px/1.45 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }
header { display: flex; flex-wrap: wrap; align-items: baseline; gap: .25rem 1.5rem; padding: .8rem 0 .6rem; }
h1 { font-size: 1.1rem; margin: 0; } h1 a { color: inherit; text-decoration: none; }
h3 { font-size: .95rem; margin: .8rem 0 .4rem; }
h2 { font-size: 1.05rem; margin: 0 0 .6rem; }
a { color: var(--link); }
nav { color: var(--soft); display: flex; flex-wrap: wrap; gap: 0 .75rem; }
section { background: var(--box); border: 1px solid var(--line); border-radius: 6px; padding: .9rem 1rem; margin: 0 0 1rem; }
main > section:not(.headline) { content-visibility: auto; contain-intrinsic-size: auto 40rem; }
.headline { border-left: 8px solid var(--soft); }
.headline h2 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .2rem; overflow-wrap: anywhere; }
.headline p { margin: .1rem 0; }
.headline .when { color: var(--soft); font-size: .9rem; }
.headline.good { border-left-color: var(--good); } .headline.good h2 { color: var(--good); }
.headline.bad { border-left-color: var(--bad); } .headline.bad h2 { color: var(--bad); }
.headline.warn { border-left-color: var(--warn); } .headline.warn h2 { color: var(--warn); }
.headline.unknown { border-left-color: var(--unknown); } .headline.unknown h2 { color: var(--unknown); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: .6rem; margin: 0 0 1rem; }
.tile { background: var(--box); border: 1px solid var(--line); border-radius: 6px; padding: .5rem .8rem; }
.tile dt { color: var(--soft); font-size: .85rem; }
.tile dd { margin: 0; font-size: 1.35rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.tile.bad dd { color: var(--bad); } .tile.warn dd { color: var(--warn); } .tile.unknown dd { color: var(--unknown); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; vertical-align: top; padding: .3rem .7rem .3rem 0; border-top: 1px solid var(--line); white-space: nowrap; }
thead th { border-top: 0; color: var(--soft); font-size: .85rem; font-weight: 600; }
td.detail { white-space: normal; min-width: 16rem; overflow-wrap: anywhere; }
.findings td.detail { width: 55%; }
.findings td.cause { white-space: normal; min-width: 13rem; }
.findings td.cause .meta { display: block; }
.matrix tbody th { font-weight: 600; }
/* What a row is about stays in sight beside switches that are far to the right. */
.matrix tr > :first-child { position: sticky; left: 0; background: var(--box); }
.badge { display: inline-block; white-space: nowrap; padding: 0 .45rem; border-radius: 4px; font-weight: 600; font-size: .9rem; }
h3 .badge { white-space: normal; }
.badge.good { color: var(--good); background: var(--good-back); }
.badge.bad { color: var(--bad); background: var(--bad-back); }
.badge.warn { color: var(--warn); background: var(--warn-back); }
.badge.unknown { color: var(--unknown); background: var(--unknown-back); }
.badge.quiet { color: var(--soft); border: 1px solid var(--line); }
.address { color: var(--soft); font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: .9rem; }
.meta, .legend, .cut, footer { color: var(--soft); font-size: .9rem; }
.legend { margin: .6rem 0 0; }
.failed { color: var(--unknown); }
details { border-top: 1px solid var(--line); padding: .45rem 0; }
details:first-of-type { border-top: 0; }
summary { cursor: pointer; }
details table { margin: .3rem 0 .3rem 1.1rem; width: calc(100% - 1.1rem); }
.demo { border-style: dashed; }
.demo p { margin: 0 0 .6rem; }
.demo ul { list-style: none; margin: 0; padding: 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(28rem, 1fr)); gap: .35rem 1rem; }
.demo form { display: flex; gap: .6rem; align-items: baseline; }
.demo > form { margin-top: .7rem; }
button { font: inherit; padding: .15rem .7rem; min-width: 4.2rem; border: 1px solid var(--line); border-radius: 4px; background: var(--back); color: var(--text); cursor: pointer; }
button:hover { border-color: var(--soft); }
.active button { border-color: var(--bad); color: var(--bad); }
#lost { background: var(--bad-back); color: var(--bad); border: 1px solid var(--bad); border-radius: 6px; padding: .6rem 1rem; margin: 0 0 1rem; font-weight: 600; position: sticky; top: .5rem; }
#lost[hidden] { display: none; }
header label { color: var(--soft); }
input[type=search] { font: inherit; width: 17rem; max-width: 100%; padding: .15rem .5rem; border: 1px solid var(--soft); border-radius: 4px; background: var(--box); color: var(--text); }
.filters { display: flex; flex-wrap: wrap; gap: .4rem 1rem; align-items: baseline; margin: 0 0 .6rem; }
.filters input, .filters select { font: inherit; padding: .15rem .4rem; border: 1px solid var(--soft); border-radius: 4px; background: var(--box); color: var(--text); }
.boxes { display: grid; grid-template-columns: repeat(auto-fill, minmax(14rem, 1fr)); gap: .5rem; }
.layer { border-bottom: 1px dashed var(--line); padding-bottom: .8rem; }
.device { border: 1px solid var(--line); border-left: 5px solid var(--soft); border-radius: 5px; padding: .35rem .6rem; background: var(--back); min-width: 0; }
.device.good { border-left-color: var(--good); } .device.bad { border-left-color: var(--bad); }
.device.warn { border-left-color: var(--warn); } .device.unknown { border-left-color: var(--unknown); }
.device .name { font-weight: 600; display: flex; flex-wrap: wrap; justify-content: space-between; gap: .3rem; overflow-wrap: anywhere; }
.device p { margin: .15rem 0; font-size: .85rem; overflow-wrap: anywhere; }
.device .why { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; overflow: hidden; }
.device ul { list-style: none; margin: .2rem 0 0; padding: 0; display: flex; flex-wrap: wrap; gap: .25rem; }
.device li .badge { font-size: .8rem; font-weight: 500; }
.way { list-style: none; margin: 0 0 .8rem; padding: 0; display: flex; flex-wrap: wrap; gap: .4rem 1.6rem; }
.way li { position: relative; border: 2px solid var(--soft); border-radius: 6px; padding: .25rem .6rem; font-weight: 600; }
.way li:not(:last-child)::after { content: "→"; position: absolute; right: -1.3rem; top: .2rem; color: var(--soft); }
.way li.good { border-color: var(--good); } .way li.bad { border-color: var(--bad); }
.way li.warn { border-color: var(--warn); } .way li.unknown { border-color: var(--unknown); }
.way li.lost { background: var(--bad-back); }
tr.lost td, tr.lost th { background: var(--bad-back); }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: .5rem 0; }
.facts dt { color: var(--soft); } .facts dd { margin: 0; overflow-wrap: anywhere; }
.evidence { color: var(--soft); font-size: .9rem; }
code { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: .9em; overflow-wrap: anywhere; }
a:focus-visible, button:focus-visible, input:focus-visible, select:focus-visible, summary:focus-visible { outline: 3px solid var(--link); outline-offset: 1px; }
@media (max-width: 40rem) {
  .demo ul { grid-template-columns: 1fr; } .demo form { flex-wrap: wrap; } .demo form > span:not(.badge) { flex: 1 1 60%; }
  .headline h2 { font-size: 1.25rem; }
  /* The verdicts come first. */
  .matrix tr > :nth-child(2), .matrix tr > :nth-child(3) { display: none; }
  /* A table of seven columns is read as a list. */
  .findings thead { display: none; }
  .findings tr { display: block; border-top: 1px solid var(--line); padding: .4rem 0; }
  .findings td, .findings td.cause { display: inline-block; min-width: 0; border: 0; padding: 0 .7rem .2rem 0; }
  .findings td.detail { display: block; width: auto; min-width: 0; }
  .findings td.cause .meta { display: inline; }
}
`;
