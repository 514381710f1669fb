import { address } from '../codec/address.ts'
import { type Fields, lines, name, text, unreadable } from '../codec/codec.ts'
import type { Peers, User, Userlist } from '../model.ts'

export const userlistFields: Fields<Omit<Userlist, 'name'>> = {
  users: lines<User>(
    'user',
    ({ name: own, password, hashed }) => [
      name.write(own),
      hashed === true ? 'password' : 'insecure-password',
      text.write(password),
    ],
    ([own = '', word, password = '', ...rest]) => {
      if ((word !== 'password' && word !== 'insecure-password') || rest.length > 0)
        throw unreadable('a user has a name and a password')
      return { name: name.read(own), password: text.read(password), ...(word === 'password' ? { hashed: true } : {}) }
    },
  ),
}

export const peersFields: Fields<Omit<Peers, 'name'>> = {
  peers: lines(
    'peer',
    (peer) => [name.write(peer.name), address.write(peer.address)],
    ([own = '', at = '', ...rest]) => {
      if (rest.length > 0) throw unreadable('a peer has a name and an address')
      return { name: name.read(own), address: address.read(at) }
    },
  ),
}
