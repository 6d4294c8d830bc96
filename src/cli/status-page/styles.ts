/** The page's style sheet: light and dark, wide and narrow. */
export const styles = `:root {
  color-scheme: light dark;
  --ground: #f6f7f9; --surface: #ffffff; --line: #d9dde3; --text: #1b1f24; --quiet: #57606a;
  --accent: #0b5cad; --bar: #2f7fd1; --good: #116329; --bad: #a40e26; --warn-ground: #fff4d6; --warn-line: #c69026;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0f1318; --surface: #181d24; --line: #333b46; --text: #e6e9ed; --quiet: #a3adb8;
    --accent: #7cb8f7; --bar: #4b93dc; --good: #6bd68a; --bad: #ff8f8f; --warn-ground: #2f2610; --warn-line: #b98a2a;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text); font: 15px/1.45 system-ui, sans-serif; }
header, main { max-width: 82rem; margin: 0 auto; padding: 0 1.25rem; }
header { display: flex; flex-wrap: wrap; align-items: baseline; gap: .25rem 1rem; padding-top: 1rem; }
h1 { font-size: 1.35rem; margin: 0; }
h2 { font-size: 1.05rem; margin: 0 0 .6rem; }
header p { margin: 0; }
.live { margin-left: auto; }
section, .tiles > div { background: var(--surface); border: 1px solid var(--line); border-radius: 8px; }
section { padding: 1rem; margin: 1rem 0; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: .8rem; margin: 1rem 0; }
.tiles > div { padding: .7rem 1rem; }
.tiles dt { color: var(--quiet); font-size: .85rem; }
.tiles dd { margin: 0; font-size: .85rem; }
.tiles dt + dd { font-size: 1.7rem; font-weight: 600; line-height: 1.25; font-variant-numeric: tabular-nums; }
.quiet { color: var(--quiet); }
a { color: var(--accent); }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: .5rem; background: var(--surface); padding: .3rem .6rem; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.sparkline { display: block; width: 100%; height: 1.6rem; }
.sparkline polyline { fill: none; stroke: var(--bar); stroke-width: 2; vector-effect: non-scaling-stroke; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(17rem, 1fr)); gap: 1.5rem; }
figure { margin: 0; }
.histogram { width: 100%; max-width: 26rem; margin-top: .5rem; }
.histogram text { font-size: 10px; fill: var(--text); font-variant-numeric: tabular-nums; }
.histogram .axis { text-anchor: end; fill: var(--quiet); }
.histogram rect { fill: var(--bar); }
.warnings { margin: 0; padding: 0; list-style: none; }
.warnings li { background: var(--warn-ground); border-left: 4px solid var(--warn-line); padding: .4rem .7rem; margin: .3rem 0; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; padding-bottom: .3rem; }
th, td { text-align: left; padding: .35rem .6rem; border-top: 1px solid var(--line); vertical-align: top; }
thead th { border-top: 0; color: var(--quiet); font-weight: 600; font-size: .85rem; }
tbody th { font-weight: 500; overflow-wrap: anywhere; }
td { overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.wide { overflow-x: auto; }
#totals table { max-width: 36rem; }
.line { display: block; }
.devices th { min-width: 4.6rem; }
.devices tbody th { min-width: 10.5rem; }
.devices thead th:nth-child(4), .devices thead th:nth-child(5) { min-width: 5.2rem; }
.outcome { display: inline-block; margin-right: .5rem; white-space: nowrap; }
.outcome.changed { color: var(--good); }
.outcome.disconnected, .outcome.failed { color: var(--bad); }
code { font-size: .92em; }
form { display: flex; flex-wrap: wrap; gap: .6rem 1rem; align-items: end; margin-bottom: .8rem; }
label { display: grid; font-size: .85rem; color: var(--quiet); }
input, select, button { font: inherit; color: var(--text); background: var(--ground); border: 1px solid var(--line); border-radius: 6px; padding: .3rem .6rem; }
.pages { margin: .6rem 0 0; display: flex; gap: 1rem; }
@media (max-width: 52rem) {
  header, main { padding-left: .8rem; padding-right: .8rem; }
  .live { margin-left: 0; }
  .tiles { grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); }
  .devices, .devices tbody, .devices tr, .devices th, .devices td { display: block; }
  .devices thead { position: absolute; left: -99rem; }
  .devices tr { border-top: 1px solid var(--line); padding: .5rem 0; }
  .devices tbody th { min-width: 0; }
  .devices th, .devices td { display: grid; grid-template-columns: 8rem 1fr; gap: .5rem; border: 0; padding: .1rem 0; }
  .devices th::before, .devices td::before { content: attr(data-label); color: var(--quiet); font-weight: 400; }
}
`;

/** The page's icon. */
export const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="4" fill="#0b5cad"/><path d="M4 11V5h3.2a2.6 2.6 0 0 1 0 5.2H6V11zm2-2.4h1a1 1 0 0 0 0-2H6z" fill="#fff"/><circle cx="12" cy="5" r="1.6" fill="#ffd166"/></svg>
`;
