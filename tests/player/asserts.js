// What checks say when they fail.
export function same(found, wanted, what) {
  const [a, b] = [JSON.stringify(found), JSON.stringify(wanted)];
  if (a !== b) throw new Error(`${what}: ${a}, not ${b}`);
}
export function holds(truth, what) {
  if (!truth) throw new Error(what);
}
