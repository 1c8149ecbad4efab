// @ts-check
/** How the player looks before it plays. White space in the text below is taken out when it is served. */
export const STYLE = /* css */ `
:host {
  display: block;
  position: relative;
  min-height: var(--listen-height, 56px);
  font: 14px/1.3 var(--listen-font, system-ui, sans-serif);
  container-type: inline-size;
  --fg: var(--listen-fg, light-dark(#1b1c1f, #f1f1ee));
  --bg: var(--listen-bg, light-dark(#f3f3f0, #26272b));
  --soft: var(--listen-soft, light-dark(#55585f, #b4b6bd));
  --line: var(--listen-line, light-dark(#d9d9d4, #4a4c53));
  --accent: var(--listen-accent, light-dark(#1f4fd8, #a9c1ff));
}
:host([hidden]), [hidden] { display: none!important }
.bar, .menu {
  box-sizing: border-box;
  border: 1px solid var(--line);
  border-radius: var(--listen-radius, 12px);
  background: var(--bg);
  color: var(--fg);
}
.bar {
  display: flex;
  align-items: center;
  gap: 4px;
  height: var(--listen-height, 56px);
  padding: 0 8px;
}
button, select {
  flex: none;
  width: 36px;
  height: 40px;
  padding: 0;
  border: 1px solid #0000;
  border-radius: 8px;
  background: none;
  color: inherit;
  font: inherit;
  cursor: pointer;
}
.play { width: 40px; border-radius: 50%; background: var(--accent); color: var(--listen-on-accent, light-dark(#fff, #10131c)); margin-inline-end: 6px }
.play:hover { filter: brightness(1.1) }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }
svg { display: block; margin: auto; width: 22px; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round }
.play svg { fill: currentColor }
.mid { flex: 1; min-width: 0 }
.line { display: flex; justify-content: space-between; align-items: baseline; gap: 0 8px; white-space: nowrap }
.label { overflow: hidden; text-overflow: ellipsis; font-weight: 600 }
.hint { color: var(--soft); font-size: 13px }
.idle .line { flex-direction: column }
.waiting .play svg { animation: wait 1s infinite alternate }
@keyframes wait { to { opacity: .3 } }
@media (prefers-reduced-motion) { .waiting .play svg { animation: none; opacity: .5 } }
.says { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
@media print { :host { display: none } }
`;
