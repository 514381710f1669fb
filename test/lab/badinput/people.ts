import type { Call } from '../../simulator/api.ts'
import { make } from '../refusals.ts'

const person = (username: string) => ({
  ...{ username, firstname: 'Ann', lastname: 'Other', email: 'ann@example.net', password: 'correct horse' },
})

const ROOT = '00000000-0000-4000-8000-000000000001'

/** Accounts, users, domains, roles and projects. */
export const makePeople = async (call: Call) => {
  const account = await make(call, 'createAccount', person('spare'))
  await make(call, 'createAccount', person('other'))
  const user = await make(call, 'createUser', { ...person('second'), account: 'spare' })
  const domain = await make(call, 'createDomain', { name: 'empty' })
  const role = await make(call, 'createRole', { name: 'clerk', type: 'User' })
  const rule = await make(call, 'createRolePermission', { roleid: role, rule: 'list*', permission: 'allow' })
  const secondrule = await make(call, 'createRolePermission', { roleid: role, rule: '*', permission: 'deny' })
  const project = await make(call, 'createProject', { name: 'shop' })
  await make(call, 'addAccountToProject', { projectid: project, account: 'spare' })
  const { body } = await call('registerUserKeys', { id: user })
  const { apikey } = body.userkeys as { readonly apikey: string }
  return { account, user, domain, role, rule, secondrule, project, apikey }
}

type People = Awaited<ReturnType<typeof makePeople>>
type Good = Readonly<Record<string, string>>

/** What these commands need beside the ids that their required parameters name. */
export const peopleCalls: Readonly<Record<string, (at: People) => Good>> = {
  addAccountToProject: (at) => ({ projectid: at.project, account: 'other' }),
  createAccount: () => person('new'),
  createDomain: () => ({ name: 'new' }),
  createProject: () => ({ name: 'new' }),
  createRole: () => ({ name: 'new', type: 'User' }),
  createRolePermission: (at) => ({ roleid: at.role, rule: 'get*', permission: 'allow' }),
  createUser: () => ({ ...person('new'), account: 'spare' }),
  deleteAccount: (at) => ({ id: at.account }),
  deleteAccountFromProject: (at) => ({ projectid: at.project, account: 'spare' }),
  deleteDomain: (at) => ({ id: at.domain }),
  deleteProject: (at) => ({ id: at.project }),
  deleteRole: (at) => ({ id: at.role }),
  deleteRolePermission: (at) => ({ id: at.rule }),
  deleteUser: (at) => ({ id: at.user }),
  disableAccount: (at) => ({ id: at.account, lock: 'true' }),
  enableAccount: (at) => ({ id: at.account }),
  getUser: (at) => ({ userapikey: at.apikey }),
  importRole: () => ({ name: 'new', 'rules[0].rule': 'list*', 'rules[0].permission': 'allow' }),
  lockAccount: () => ({ account: 'spare', domainid: ROOT }),
  updateAccount: (at) => ({ id: at.account }),
  updateProject: (at) => ({ id: at.project, account: 'spare' }),
  updateRolePermission: (at) => ({ roleid: at.role, ruleorder: `${at.secondrule},${at.rule}` }),
}

/** What `id` names, by what is answered. */
export const peopleIds = {
  account: 'account',
  domain: 'domain',
  project: 'project',
  role: 'role',
  rolepermission: 'rule',
  user: 'user',
  userkeys: 'user',
} as const satisfies Readonly<Record<string, keyof People>>

export const peopleValues = {
  parentdomainid: 'domain',
  projectid: 'project',
  roleid: 'role',
  ruleid: 'rule',
  userid: 'user',
} as const satisfies Readonly<Record<string, keyof People>>
