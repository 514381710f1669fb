import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { defineResponse } from '../response.ts'
import { requirePost } from './post.ts'
import { closeSession } from './session.ts'

export const logout = defineCommand({
  name: 'logout',
  authorized: everyone,
  anonymous: true,
  description: 'Ends the session that the cookie names, if there is one. POST only.',
  params: {},
  answer: 'flat',
  response: defineResponse('logout', { description: ['string', 'Always success.'] }),
  run: async ({ db, visit }) => {
    requirePost(visit)
    await closeSession(db, visit)
    return { description: 'success' }
  },
})
