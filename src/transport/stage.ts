/** Where in the dialogue something happened. `gate`: the body is out, the dot is not. `dot`: the dot was written. */
export type Stage =
  | 'connect'
  | 'greeting'
  | 'ehlo'
  | 'starttls'
  | 'auth'
  | 'mail'
  | 'rcpt'
  | 'data'
  | 'body'
  | 'gate'
  | 'dot';
