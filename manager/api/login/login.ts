import { SysvmError } from '@sysvm/errors'
import { entrantNamed } from '../../model/session.ts'
import { accountTypes } from '../account/type.ts'
import { everyone } from '../authorized.ts'
import { busy, createSharedBudget } from '../bounds.ts'
import { defineCommand } from '../command.ts'
import * as p from '../parameter.ts'
import { placeOf } from '../place.ts'
import { defineResponse } from '../response.ts'
import type { Visit } from '../visit.ts'
import { isPassword } from './password.ts'
import { requirePost } from './post.ts'
import { idleSeconds, openSession } from './session.ts'
import { admitAttempt } from './throttle.ts'

/** From any way to write a path, `/sales/emea` or `ROOT/sales/emea/`, to that of the database. */
export const domainPathOf = (text: string): string => {
  const names = text.split('/').filter((name) => name !== '')
  return [...(names[0]?.toUpperCase() === 'ROOT' ? [] : ['ROOT']), ...names].join('/')
}

const failed = () =>
  new SysvmError(
    'SYSVM_API_LOGIN',
    'Failed to authenticate: user name, password or domain is wrong, or the user or its account is disabled.',
  )

/** Logins of one client that are looked at at once: passwords are few at a time, and good ones are not counted. */
const MOST_OF_ONE = 16
const underWay = createSharedBudget(Number.POSITIVE_INFINITY, MOST_OF_ONE)

const inShare = async <T>({ address }: Visit, work: () => Promise<T>): Promise<T> => {
  const who = placeOf(address)
  if (!underWay.take(who, 1)) throw busy()
  try {
    return await work()
  } finally {
    underWay.give(who, 1)
  }
}

export const login = defineCommand({
  name: 'login',
  authorized: everyone,
  anonymous: true,
  description: 'Opens a session by a password: cookies, and a sessionkey that each later call carries. POST only.',
  params: {
    username: p.required(p.text('Name of the user.')),
    password: p.required(p.secret('Its password.', 1024)),
    domain: p.text("Path of the user's domain, such as /sales/emea; default: ROOT.", 4096),
  },
  unsupported: ['domainId'],
  answer: 'flat',
  response: defineResponse('login', {
    username: ['string', 'Name of the user.'],
    userid: ['string', "The user's id."],
    domainid: ['string', "Id of its account's domain."],
    timeout: ['integer', 'Seconds after which the session ends when nobody uses it.'],
    account: ['string', 'Its account.'],
    firstname: ['string', 'First name.'],
    lastname: ['string', 'Last name.'],
    type: [
      'string',
      'Type of its account: 0 user, 1 root administrator, 2 domain administrator, 3 resource administrator.',
    ],
    timezone: ['string', 'Time zone of the user.'],
    registered: ['string', 'Always false.'],
    sessionkey: ['string', 'What each later call carries as sessionkey.'],
    is2faenabled: ['string', 'Always false: there is no second factor.'],
    is2faverified: ['string', 'Always false.'],
  }),
  run: async ({ db, visit }, { username, password, domain = '' }) => {
    requirePost(visit)
    return inShare(visit, async () => {
      const domainpath = domainPathOf(domain)
      const forgive = await admitAttempt(db, { domainpath, username, address: visit.address })
      const user = await entrantNamed(db, domainpath, username)
      // Who does not exist takes as long as a wrong password, and is answered the same.
      if (!(await isPassword(password, user?.password_hash)) || user === undefined) throw failed()
      const timeout = await idleSeconds(db)
      const sessionkey = await openSession(db, visit, user, timeout)
      if (sessionkey === undefined) throw failed()
      await forgive()
      return {
        username: user.username,
        userid: user.userid,
        domainid: user.domainid,
        timeout,
        account: user.account,
        firstname: user.firstname,
        lastname: user.lastname,
        type: String(accountTypes[user.roletype]),
        timezone: user.timezone,
        registered: 'false',
        sessionkey,
        is2faenabled: 'false',
        is2faverified: 'false',
      }
    })
  },
})
