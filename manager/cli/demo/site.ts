import { createServer } from 'node:http'

/** The demo's web site: tells each caller the address it was seen from, which behind NAT is the router's. */
const [host = '', port = '80'] = process.argv.slice(2)
createServer((request, response) => {
  const address = request.socket.remoteAddress ?? ''
  console.log(`${new Date().toISOString()} ${address} ${request.method} ${request.url}`)
  response.end(`hello ${address}\n`)
}).listen(Number(port), host)
