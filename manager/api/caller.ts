import { ADMIN_ACCOUNT, ADMIN_USER, ROOT_DOMAIN, standardRoles } from '../model/identity.ts'
import type { RoleType } from './authorized.ts'

/** Who asks. Every way in (integration port, signature, session) ends in one of these. */
export interface Caller {
  readonly roletype: RoleType
  readonly roleid: string
  readonly userid: string
  readonly username: string
  readonly accountid: string
  readonly account: string
  readonly domainid: string
  readonly domain: string
  readonly domainpath: string
}

/** The root administrator of a fresh cloud. */
export const rootAdmin: Caller = {
  roletype: 'Admin',
  roleid: standardRoles.Admin.id,
  userid: ADMIN_USER,
  username: 'admin',
  accountid: ADMIN_ACCOUNT,
  account: 'admin',
  domainid: ROOT_DOMAIN,
  domain: 'ROOT',
  domainpath: 'ROOT',
}

/** Who calls before it is known who: it may log in. */
export const nobody: Caller = {
  roletype: 'User',
  roleid: standardRoles.User.id,
  userid: '',
  username: '',
  accountid: '',
  account: '',
  domainid: '',
  domain: '',
  domainpath: '',
}
