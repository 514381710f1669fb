/** What every cloud has from its first start on; the ids are the same in each. */
export const ROOT_DOMAIN = '00000000-0000-4000-8000-000000000001'
export const ADMIN_ACCOUNT = '00000000-0000-4000-8000-000000000002'
export const ADMIN_USER = '00000000-0000-4000-8000-000000000002'

/** The four standard roles, which nobody can change. */
export const standardRoles = {
  Admin: { id: '00000000-0000-4000-8000-000000000101', name: 'Root Admin' },
  ResourceAdmin: { id: '00000000-0000-4000-8000-000000000102', name: 'Resource Admin' },
  DomainAdmin: { id: '00000000-0000-4000-8000-000000000103', name: 'Domain Admin' },
  User: { id: '00000000-0000-4000-8000-000000000104', name: 'User' },
} as const
