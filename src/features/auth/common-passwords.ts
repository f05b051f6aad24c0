// Made by `npm run generate:passwords`; do not edit.

/**
 * Those of the 20,000 most common passwords that the other rules would let pass, in lower case. From the list of
 * @zxcvbn-ts/language-common (MIT licence).
 */
export const COMMON_PASSWORDS: ReadonlySet<string> = new Set([
  'fuck_inside',
  'f**k',
  'sasha_007',
  'w_pass',
  'p@ssw0rd',
  'k.lvbkf',
  "pic's",
  'close-up',
  'l58jkdjp!',
  'nfy.irf',
  '!qaz2wsx',
  'asdfjkl;',
  'k.jdm',
  '1qaz!qaz',
  'fy.nrf',
  '%%passwo',
  'orkiox.',
  'iloveyou!',
  '[start]',
])
