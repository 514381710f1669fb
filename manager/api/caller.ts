/** Who asks. Every way in (integration port, signature, session) ends in one of these. */
export interface Caller {
  readonly role: 'root-admin'
  readonly userid: string
  readonly username: string
  readonly accountid: string
  readonly account: string
  readonly domainid: string
  readonly domain: string
  readonly domainpath: string
}

/** The root administrator of a fresh cloud; the ids are the same in every one. */
export const rootAdmin: Caller = {
  role: 'root-admin',
  userid: '00000000-0000-4000-8000-000000000002',
  username: 'admin',
  accountid: '00000000-0000-4000-8000-000000000002',
  account: 'admin',
  domainid: '00000000-0000-4000-8000-000000000001',
  domain: 'ROOT',
  domainpath: 'ROOT',
}

/** Owner fields that most objects carry. */
export const ownerOf = (caller: Caller) => ({
  account: caller.account,
  domainid: caller.domainid,
  domain: caller.domain,
  domainpath: caller.domainpath,
})
