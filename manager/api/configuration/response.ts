import { defineResponse, type Presented } from '../response.ts'
import { type SettingName, settings } from './settings.ts'

export const configurationResponse = defineResponse('configuration', {
  name: ['string', "The setting's name."],
  value: ['string', 'Its value.'],
  defaultvalue: ['string', 'Its value when nobody set it.'],
  category: ['string', 'What it is about.'],
  description: ['string', 'What it does.'],
  isdynamic: ['boolean', 'Whether it acts without a restart.'],
  type: ['string', 'String.'],
})

export const presentSetting = (
  name: SettingName,
  value: string | undefined,
): Presented<typeof configurationResponse.fields> => ({
  name,
  value: value ?? settings[name].fallback,
  defaultvalue: settings[name].fallback,
  category: settings[name].category,
  description: settings[name].description,
  isdynamic: true,
  type: 'String',
})
