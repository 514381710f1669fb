import Koa from 'koa'

/** What a request costs when nothing is done for it: Koa alone, with as many bytes as the message names. */
const app = new Koa()
let body = ''
app.use((ctx) => {
  ctx.type = 'application/json; charset=utf-8'
  ctx.body = body
})
process.once('message', (bytes) => {
  body = 'x'.repeat(Number(bytes))
  const server = app.listen(0, '127.0.0.1', () => {
    const address = server.address()
    process.send?.({ port: typeof address === 'object' ? address?.port : 0 })
  })
})
