/**
 * Names of skills that a request lists by nothing but their names, as cline does: `Available skills: dates, money.` at the end
 * of what the tool for skills is said to do. Elsewhere in such a text names may be mere examples.
 */
export function listedSkills(body: unknown): string[] {
  const names: string[] = []
  eachTool(body, (tool, description) => {
    if (!/skill/i.test(tool)) return
    const [, list = ''] = /\bavailable skills: *([^\n]+)/i.exec(description) ?? []
    names.push(...list.split(/[,;]/).map(each => each.replaceAll(/^[\s"'`]+|[\s"'`.]+$/g, '')))
  })
  return names
}

/** The tools that a request of any API offers. Every request comes through here, so nothing is parsed. */
function eachTool(body: unknown, onTool: (name: string, description: string) => void): void {
  const { tools } = (body ?? {}) as { tools?: unknown }
  if (!Array.isArray(tools)) return
  for (const item of tools as unknown[]) {
    const { functionDeclarations, function: inner } = (item ?? {}) as {
      functionDeclarations?: unknown
      function?: unknown
    }
    if (Array.isArray(functionDeclarations)) eachTool({ tools: functionDeclarations }, onTool)
    else {
      const { name, description } = (inner ?? item ?? {}) as { name?: unknown; description?: unknown }
      if (typeof name === 'string' && typeof description === 'string') onTool(name, description)
    }
  }
}
