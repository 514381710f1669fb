import { type Alert, alertTypes } from '../../model/alert.ts'
import { defineResponse, type Presented } from '../response.ts'

export const alertResponse = defineResponse('alert', {
  id: ['string', "The alert's id."],
  type: ['integer', 'Number of its type; listAlertTypes names all.'],
  name: ['string', 'What is the matter, in a few words.'],
  description: ['string', 'What is known of it.'],
  sent: ['date', 'When it was raised.'],
  resolved: ['date', 'When it was over; absent: it is not. Of sysvm alone.'],
})

export const presentAlert = (row: Alert): Presented<typeof alertResponse.fields> => ({
  id: row.id,
  type: row.type,
  name: row.name,
  description: row.description,
  sent: row.sent,
  resolved: row.resolved,
})

/** `7`, or a name such as ALERT.HOST; what is neither is no alert's. */
export const typeOf = (given: string | undefined): number | undefined => {
  if (given === undefined) return undefined
  const [number] = [...alertTypes].find(([, name]) => name === given.toUpperCase()) ?? []
  return number ?? (/^\d{1,4}$/.test(given) ? Number(given) : -1)
}
