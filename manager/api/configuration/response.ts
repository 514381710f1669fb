import type { ScopedTo } from '../../model/configuration.ts'
import { type Setting, type SettingName, settings } from '../../model/settings/index.ts'
import { defineResponse, type Presented } from '../response.ts'
import { scopesOf } from './scope.ts'

export const configurationResponse = defineResponse('configuration', {
  name: ['string', "The setting's name."],
  value: ['string', 'The value that counts there; of a secret nothing.'],
  defaultvalue: ['string', 'Its value when nobody set it.'],
  category: ['string', 'What it is about.'],
  group: ['string', 'The same as category.'],
  scope: ['string', 'Where it can have values: Global, and kinds of things that can have their own.'],
  description: ['string', 'What it does, and which values it takes.'],
  displaytext: ['string', 'Its name in words.'],
  isdynamic: ['boolean', 'True: it acts without a restart.'],
  type: ['string', 'Boolean, Decimal, Number, Select or String.'],
  options: ['string', 'Of a Select, what it can be.'],
})

const capital = (word: string): string => `${word[0]?.toUpperCase()}${word.slice(1)}`

export const presentSetting = (
  name: SettingName,
  value: string | undefined,
  to?: ScopedTo | undefined,
): Presented<typeof configurationResponse.fields> => {
  const { secret, fallback, category, description, type, range, options }: Setting = settings[name]
  return {
    name,
    value: secret ? '' : (value ?? fallback),
    defaultvalue: fallback,
    category,
    group: category,
    scope: to === undefined ? ['global', ...scopesOf(name)].map(capital).join(',') : capital(to.scope),
    description: `${description} Takes ${range}.`,
    displaytext: capital(name.replaceAll('.', ' ')),
    isdynamic: true,
    type,
    options: options?.join(','),
  }
}
