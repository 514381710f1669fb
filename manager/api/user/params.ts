import * as p from '../parameter.ts'

const LONGEST_PASSWORD = 1024

/** Whether ECMAScript knows the time zone: names of the IANA's, and offsets. */
const isTimezone = (text: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }) !== undefined
  } catch {
    return false
  }
}

export const timezoneParam = (description: string) => {
  const text = p.text(description)
  return { ...text, schema: text.schema.refine(isTimezone, 'is not a time zone such as Europe/Vienna') }
}

/** Of the person that a new user is. */
export const personParams = {
  username: p.required(p.name('Name to enter by; unique in the domain.')),
  firstname: p.required(p.name('First name.')),
  lastname: p.required(p.name('Last name.')),
  email: p.required(p.name('E-mail address.')),
  password: p.required(p.secret('Password; only its hash is kept.', LONGEST_PASSWORD)),
  timezone: timezoneParam('Time zone, such as Europe/Vienna.'),
}

export const passwordParam = (description: string) => p.secret(description, LONGEST_PASSWORD)
