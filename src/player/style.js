// @ts-check
/** How the player looks. White space in the text below is taken out when it is served. */
export const STYLE = /* css */ `
:host {
  display: block;
  position: relative;
  min-height: var(--listen-height, 56px);
  font: 400 14px/1.3 var(--listen-font, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif);
  container-type: inline-size;
  --fg: var(--listen-fg, #1b1c1f);
  --bg: var(--listen-bg, #f3f3f0);
  --soft: var(--listen-soft, #55585f);
  --line: var(--listen-line, #d9d9d4);
  --accent: var(--listen-accent, #1f4fd8);
  --on-accent: var(--listen-on-accent, #fff);
}
:host([hidden]) { display: none }
.dark {
  --fg: var(--listen-fg, #f1f1ee);
  --bg: var(--listen-bg, #26272b);
  --soft: var(--listen-soft, #b4b6bd);
  --line: var(--listen-line, #4a4c53);
  --accent: var(--listen-accent, #a9c1ff);
  --on-accent: var(--listen-on-accent, #10131c);
}
.light { color-scheme: light }
.dark { color-scheme: dark }
.bar {
  box-sizing: border-box;
  display: flex;
  align-items: center;
  gap: 4px;
  width: 100%;
  height: var(--listen-height, 56px);
  padding: 0 8px;
  border: 1px solid var(--line);
  border-radius: var(--listen-radius, 12px);
  background: var(--bg);
  color: var(--fg);
  font: inherit;
}
.bar[popover] {
  position: fixed;
  inset: auto 0 12px;
  width: min(640px, 100% - 24px);
  margin: 0 auto;
  overflow: visible;
  z-index: var(--listen-z, 2147483000);
  box-shadow: 0 6px 24px #0004;
  container-type: normal;
}
button, select, .menu a {
  font: inherit;
  color: inherit;
  margin: 0;
  border: 0;
  border-radius: 8px;
  background: none;
  cursor: pointer;
}
.bar > button { flex: none; display: grid; place-items: center; width: 36px; height: 44px; padding: 0 }
.bar > .play { width: 40px; height: 40px; border-radius: 50%; background: var(--accent); color: var(--on-accent); margin-inline-end: 6px }
button:hover, select:hover, .menu a:hover { background: color-mix(in srgb, var(--fg) 9%, transparent) }
.bar > .play:hover { background: var(--accent); filter: brightness(1.08) }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }
svg { display: block; fill: currentColor }
.mid { flex: 1; min-width: 0 }
.line { display: flex; gap: 8px; justify-content: space-between; align-items: baseline; white-space: nowrap }
.label { overflow: hidden; text-overflow: ellipsis; font-weight: 600 }
.time { flex: none; color: var(--soft); font-size: 13px; font-variant-numeric: tabular-nums }
.hint { color: var(--soft); font-size: 13px }
.offer { display: block; max-width: 100%; height: 24px; padding: 0 4px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; color: var(--accent); font-weight: 600 }
[hidden] { display: none !important }
input { display: block; width: 100%; height: 24px; margin: 0; accent-color: var(--accent); cursor: pointer }
select { flex: none; height: 36px; width: 54px; padding: 0 2px; text-align: center; background: var(--bg); color: var(--fg) }
.idle input, .idle .started, .bar:not(.idle) .hint, .bar:not([popover]) .close { display: none }
.idle .line { flex-direction: column; gap: 0 }
.waiting .play svg { animation: wait 1s ease-in-out infinite alternate }
@keyframes wait { to { opacity: .3 } }
.menu {
  position: fixed;
  inset: auto;
  margin: 0;
  padding: 6px;
  min-width: 220px;
  max-width: min(320px, 100vw - 16px);
  border: 1px solid var(--line);
  border-radius: 12px;
  background: var(--bg);
  color: var(--fg);
  box-shadow: 0 6px 24px #0004;
  font: inherit;
}
.menu button, .menu a, .menu label {
  box-sizing: border-box;
  display: flex;
  align-items: center;
  justify-content: space-between;
  gap: 12px;
  width: 100%;
  min-height: 40px;
  padding: 4px 10px;
  text-align: start;
  text-decoration: none;
  border-radius: 8px;
}
.menu .narrow { display: none }
.menu p { margin: 4px 10px; color: var(--soft); font-size: 12px }
.menu input { width: 20px; flex: none }
.menu select { border: 1px solid var(--line); width: 72px }
.says { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
@container (max-width: 460px) {
  .bar > select { display: none }
  .menu .narrow { display: flex }
  .bar:not(.idle) .label { display: none }
}
@media (forced-colors: active) {
  .play { border: 1px solid }
  svg { fill: ButtonText }
}
@media (prefers-reduced-motion: reduce) { .waiting .play svg { animation: none; opacity: .5 } }
@media (prefers-reduced-motion: no-preference) {
  .bar[popover]:popover-open { animation: rise .18s ease-out }
  @keyframes rise { from { transform: translateY(60%); opacity: 0 } }
}
@media print { :host { display: none } }
`;
