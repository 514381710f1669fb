/** The CloudStack release whose commands and fields these are; clients read it and choose what they may ask. */
export const CLOUDSTACK_VERSION = '4.22.0.0'
