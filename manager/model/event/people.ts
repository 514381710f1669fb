import type { EventMap } from './kind.ts'

/** Of who uses the cloud, and of its record. */
export const peopleEvents = {
  Account: {
    'ACCOUNT.CREATE': ['createAccount'],
    'ACCOUNT.UPDATE': ['updateAccount'],
    'ACCOUNT.ENABLE': ['enableAccount'],
    'ACCOUNT.DISABLE': ['disableAccount', 'lockAccount'],
    'ACCOUNT.DELETE': ['deleteAccount'],
    'ACCOUNT.MARK.DEFAULT.ZONE': ['markDefaultZoneForAccount'],
    'ACCOUNT.LIMIT.UPDATE': ['updateResourceLimit'],
    'ACCOUNT.COUNT.UPDATE': ['updateResourceCount'],
  },
  User: {
    'USER.LOGIN': ['login'],
    'USER.LOGOUT': ['logout'],
    'USER.CREATE': ['createUser'],
    'USER.UPDATE': ['updateUser'],
    'USER.DELETE': ['deleteUser'],
    'USER.ENABLE': ['enableUser'],
    'USER.DISABLE': ['disableUser'],
    'USER.LOCK': ['lockUser'],
    'USER.MOVE': ['moveUser'],
    'REGISTER.USER.KEY': ['registerUserKeys'],
    'DELETE.USER.KEY': ['deleteUserKeys'],
  },
  Domain: {
    'DOMAIN.CREATE': ['createDomain'],
    'DOMAIN.UPDATE': ['updateDomain'],
    'DOMAIN.DELETE': ['deleteDomain'],
  },
  Role: {
    'ROLE.CREATE': ['createRole'],
    'ROLE.UPDATE': ['updateRole'],
    'ROLE.DELETE': ['deleteRole'],
    'ROLE.IMPORT': ['importRole'],
  },
  RolePermission: {
    'ROLE.PERMISSION.CREATE': ['createRolePermission'],
    'ROLE.PERMISSION.UPDATE': ['updateRolePermission'],
    'ROLE.PERMISSION.DELETE': ['deleteRolePermission'],
  },
  Project: {
    'PROJECT.CREATE': ['createProject'],
    'PROJECT.UPDATE': ['updateProject'],
    'PROJECT.DELETE': ['deleteProject'],
    'PROJECT.ACTIVATE': ['activateProject'],
    'PROJECT.SUSPEND': ['suspendProject'],
    'PROJECT.ACCOUNT.ADD': ['addAccountToProject'],
    'PROJECT.ACCOUNT.REMOVE': ['deleteAccountFromProject'],
  },
  Configuration: { 'CONFIGURATION.VALUE.EDIT': ['resetConfiguration', 'updateConfiguration'] },
  Job: { 'JOB.CANCEL': ['cancelAsyncJob'] },
  Tag: { CREATE_TAGS: ['createTags'], DELETE_TAGS: ['deleteTags'] },
  ResourceDetail: {
    CREATE_RESOURCE_DETAILS: ['addResourceDetail'],
    DELETE_RESOURCE_DETAILS: ['removeResourceDetail'],
  },
  Event: { 'EVENT.ARCHIVE': ['archiveEvents'], 'EVENT.DELETE': ['deleteEvents'] },
  Alert: { 'ALERT.GENERATE': ['generateAlert'], 'ALERT.ARCHIVE': ['archiveAlerts'], 'ALERT.DELETE': ['deleteAlerts'] },
  Usage: {
    'USAGE.GENERATE': ['generateUsageRecords'],
    'USAGE.REMOVE.USAGE.RECORDS': ['removeRawUsageRecords'],
  },
  ManagementServer: {
    'MS.SHUTDOWN.PREPARE': ['prepareForShutdown'],
    'MS.SHUTDOWN.CANCEL': ['cancelShutdown'],
    'MS.SHUTDOWN': ['triggerShutdown'],
  },
} as const satisfies EventMap
