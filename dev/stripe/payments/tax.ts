/**
 * What `automatic_tax` charges here: one flat rate per destination country, in hundredths of a percent. Stripe Tax
 * knows regions, product codes and registrations; the emulator only needs a rate that is the same every time.
 * Countries that are not named are not taxed.
 */
const RATES: Record<string, number> = {
  AT: 2000,
  AU: 1000,
  BE: 2100,
  CA: 1300,
  CH: 810,
  DE: 1900,
  DK: 2500,
  ES: 2100,
  FI: 2550,
  FR: 2000,
  GB: 2000,
  IE: 2300,
  IT: 2200,
  JP: 1000,
  MX: 1600,
  NL: 2100,
  NO: 2500,
  NZ: 1500,
  PL: 2300,
  PT: 2300,
  SE: 2500,
  US: 825,
}

/** Hundredths of a percent: 825 is 8.25 %. */
export const taxRateOf = (country: string | null | undefined): number => RATES[country ?? ''] ?? 0
