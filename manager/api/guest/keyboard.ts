/** Layouts that CloudStack's console knows. */
export const KEYBOARDS = [
  'de',
  'de-ch',
  'es',
  'es-latam',
  'fi',
  'fr',
  'fr-be',
  'fr-ch',
  'is',
  'it',
  'jp',
  'nl-be',
  'no',
  'pt',
  'uk',
  'us',
] as const
