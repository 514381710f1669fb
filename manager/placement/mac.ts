import { randomBytes } from 'node:crypto'

/**
 * A locally administered unicast address: 02 and 40 random bits. Two of a million alike: one in two, so the unique
 * constraint decides, and whoever meets it tries again with another.
 */
export const randomMac = (): string => `02:${randomBytes(5).toString('hex').match(/../g)?.join(':')}`
