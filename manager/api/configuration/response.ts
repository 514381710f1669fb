import { defineResponse, type Presented } from '../response.ts'
import { type Setting, type SettingName, settings } from './settings.ts'

export const configurationResponse = defineResponse('configuration', {
  name: ['string', "The setting's name."],
  value: ['string', 'Its value.'],
  defaultvalue: ['string', 'Its value when nobody set it.'],
  category: ['string', 'What it is about.'],
  description: ['string', 'What it does.'],
  isdynamic: ['boolean', 'Whether it acts without a restart.'],
  type: ['string', 'String.'],
})

const isSecret = (name: SettingName): boolean => (settings[name] as Setting).secret === true

export const presentSetting = (
  name: SettingName,
  value: string | undefined,
): Presented<typeof configurationResponse.fields> => ({
  name,
  value: isSecret(name) ? '' : (value ?? settings[name].fallback),
  defaultvalue: settings[name].fallback,
  category: settings[name].category,
  description: settings[name].description,
  isdynamic: true,
  type: 'String',
})
