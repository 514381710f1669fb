import { roleTypes } from '../authorized.ts'
import * as p from '../parameter.ts'

export const roleType = (description: string) => p.choice(description, roleTypes)

export const PERMISSIONS = ['allow', 'deny'] as const
const RULE = /^[A-Za-z0-9*]+$/

/** Whether a text may stand for commands. */
export const isRule = (text: string): boolean => RULE.test(text) && text.length <= 255

export const rule = (description: string) => {
  const text = p.text(description)
  return { ...text, schema: text.schema.refine(isRule, 'is not the name of a command, with * for any text') }
}
