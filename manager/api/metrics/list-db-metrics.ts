import { readDatabaseFigures } from '../../model/metrics.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { defineResponse } from '../response.ts'

export const listDbMetrics = defineCommand({
  name: 'listDbMetrics',
  authorized: admins,
  since: '4.17.0',
  description: 'Tells what PostgreSQL says of itself.',
  params: {},
  answer: 'object',
  response: defineResponse('dbMetrics', {
    collectiontime: ['date', 'When this was read.'],
    hostname: ['string', 'Address of the server; absent when it is reached by a socket.'],
    version: ['string', "The server's version."],
    versioncomment: ['string', 'The same with how it was built.'],
    connections: ['integer', "Connections to the cloud's database."],
    uptime: ['long', 'Seconds since the server was started.'],
  }),
  run: async ({ db }) => {
    const { collected, host, version, comment, connections, uptime } = await readDatabaseFigures(db)
    return { collectiontime: collected, hostname: host, version, versioncomment: comment, connections, uptime }
  },
})
