export { openLocal } from './connection.ts'
export { enter, type NamespaceSockets, openNamespaceSockets, type Place } from './namespace.ts'
