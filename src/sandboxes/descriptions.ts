/** What a level keeps apart, in one line for people, by whatever it is made. */
export const processDescription =
  'no process of an agent survives it or sees others; agents see your files and reach the network'

export const sandboxDescription =
  'agents see programs and their own folders only, without rights even as root; they reach what their setup allows, graders reach nothing'
