// @ts-check
/** How the transport and the menu look. White space in the text below is taken out when it is served. */
export const CONTROLS_STYLE = /* css */ `
.bar[popover] { inset: auto 0 12px; width: min(640px, 100% - 24px) }
.bar[popover], .menu { box-shadow: 0 6px 24px #0004; font: inherit }
.bar :is(button:not(.play), select, a, label):hover { background: var(--line) }
button:is(.back, .forward) { font: 600 9px/1 system-ui }
.more svg { stroke-width: 4 }
.time { margin-inline-start: auto; padding-inline-start: 8px; color: var(--soft); font-size: 13px; font-variant-numeric: tabular-nums }
input { display: block; width: 100%; height: 24px; margin: 0; accent-color: var(--accent); cursor: pointer }
select { width: 58px; background: var(--bg); text-align: center }
.offer { width: auto; max-width: 100%; height: 24px; overflow: hidden; text-overflow: ellipsis; color: var(--accent); font-weight: 600 }
.idle .started, .bar:not(.idle) .hint, .bar:not([popover]) > .close { display: none }
.menu { inset-block: 10px; position-area: bottom span-left; position-try: flip-block, flip-inline, flip-block flip-inline; padding: 6px; width: 240px }
.menu > :not(p) {
  display: flex;
  align-items: center;
  justify-content: space-between;
  width: 100%;
  height: 40px;
  padding: 0 10px;
  border: 0;
  border-radius: 8px;
  color: inherit;
  text-decoration: none;
}
.menu .narrow { display: none }
.menu p { margin: 4px 10px; color: var(--soft); font-size: 12px }
.menu input { width: 20px }
@container (width < 460px) {
  .bar > .rate, .bar:not(.idle) .label { display: none }
  .menu .narrow { display: flex }
}
@media (prefers-reduced-motion: no-preference) {
  .waiting .play svg { animation: wait 1s infinite alternate }
  @keyframes wait { to { opacity: 1 } }
  .bar:popover-open { animation: rise .2s }
  @keyframes rise { from { translate: 0 60%; opacity: 0 } }
}
`;
