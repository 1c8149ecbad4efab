// @ts-check
/** How the player looks before it plays. White space in the text below is taken out when it is served. */
export const STYLE = /* css */ `
:host {
  display: block;
  min-height: var(--listen-height, 56px);
  font: 14px/1.3 var(--listen-font, system-ui, sans-serif);
  container-type: inline-size;
  flood-color: color-mix(in srgb, currentColor, currentColor);
  transition: color 1ms;
  --fg: var(--listen-fg, light-dark(#1b1c1f, #f1f1ee));
  --bg: var(--listen-bg, light-dark(#f3f3f0, #26272b));
  --soft: var(--listen-soft, light-dark(#55585f, #b4b6bd));
  --line: var(--listen-line, light-dark(#d9d9d4, #4a4c53));
  --accent: var(--listen-accent, light-dark(#1f4fd8, #a9c1ff));
}
:host([hidden]), [hidden] { display: none!important }
* { box-sizing: border-box }
.bar, .menu {
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
.line { display: flex; align-items: baseline; white-space: nowrap }
.label, .says { overflow: hidden; text-overflow: ellipsis; font-weight: 600 }
.says:not(:empty) + .label { display: none }
.hint { color: var(--soft); font-size: 13px }
.idle .line { flex-direction: column }
.waiting .play svg { opacity: .5 }
@media print { :host { display: none } }
`;
