/** Kinds of roles, CloudStack's names. */
export const roleTypes = ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'] as const
export type RoleType = (typeof roleTypes)[number]

/** Who may call a command unless a role says otherwise. */
export const admins: readonly RoleType[] = ['Admin']
export const resourceAdmins: readonly RoleType[] = ['Admin', 'ResourceAdmin']
export const domainAdmins: readonly RoleType[] = ['Admin', 'ResourceAdmin', 'DomainAdmin']
export const everyone: readonly RoleType[] = [...roleTypes]
