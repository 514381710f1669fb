import { defineResponse, type Presented } from '../response.ts'

const fields = {
  apikey: ['string', 'Names the user in signed calls.'],
  secretkey: ['string', 'What calls are signed with.'],
  apikeyaccess: ['boolean', 'Whether the keys open anything: always.'],
} as const

export const keysResponse = defineResponse('userkeys', fields)

export const presentKeys = (apikey: string | null, secretkey: string | null): Presented<typeof fields> => ({
  apikey,
  secretkey,
  apikeyaccess: true,
})
