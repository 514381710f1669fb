import * as p from '../parameter.ts'

const LONGEST_PASSWORD = 1024

/** Of the person that a new user is. */
export const personParams = {
  username: p.required(p.name('Name to enter by; unique in the domain.')),
  firstname: p.required(p.name('First name.')),
  lastname: p.required(p.name('Last name.')),
  email: p.required(p.name('E-mail address.')),
  password: p.required(p.secret('Password; only its hash is kept.', LONGEST_PASSWORD)),
  timezone: p.text('Time zone, such as Europe/Vienna.'),
}

export const passwordParam = (description: string) => p.secret(description, LONGEST_PASSWORD)
