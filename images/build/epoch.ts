/** SOURCE_DATE_EPOCH of every build, the day Debian 13 was released: no file in an image is newer. */
export const SOURCE_DATE_EPOCH = 1754697600

export const created = new Date(SOURCE_DATE_EPOCH * 1000).toISOString()
