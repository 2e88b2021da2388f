extension SwiftRuntime {
  /// Mirrors `RegexProgram`: all ways to match are followed at once.
  static let expression = #"""
    /// A regular expression. It is searched for anywhere in a text, in time linear in the text's length.
    private struct Expression: Sendable {
      /// A part of the expression in postfix order: operands first, then what joins them.
      enum Part {
        case empty
        case text(String)
        /// One scalar of these ranges, two bounds a range.
        case oneOf(String)
        case any
        case anyButBreak
        case place(Place)
        /// That many operands, one after the other.
        case sequence(Int)
        /// One of that many operands.
        case either(Int)
        /// The operand at least and at most so often.
        case repeated(Int, Int?)
      }

      /// A place in the text.
      enum Place {
        case textStart, textEnd, textEndOrFinalBreak, lineStart, lineEnd, wordBoundary, notWordBoundary
      }

      /// A step of the program; a fork and a jump lead so many steps on.
      enum Step {
        case oneOf([ClosedRange<Unicode.Scalar>])
        case place(Place)
        case fork(Int, Int)
        case jump(Int)
        case found
      }

      let steps: [Step]

      init(_ parts: [Part]) {
        var operands: [[Step]] = []
        for part in parts { Expression.compile(part, &operands) }
        steps = operands.joined() + [.found]
      }

      private static func compile(_ part: Part, _ operands: inout [[Step]]) {
        switch part {
        case .empty: operands.append([])
        case .text(let text): operands.append(text.unicodeScalars.map { .oneOf([$0...$0]) })
        case .oneOf(let bounds):
          let scalars = Array(bounds.unicodeScalars)
          operands.append([
            .oneOf(stride(from: 0, to: scalars.count - 1, by: 2).map { scalars[$0]...scalars[$0 + 1] })
          ])
        case .any: operands.append([.oneOf(["\0"..."\u{10FFFF}"])])
        case .anyButBreak: operands.append([.oneOf(["\0"..."\t", "\u{B}"..."\u{10FFFF}"])])
        case .place(let place): operands.append([.place(place)])
        case .sequence(let count):
          let sequence = Array(operands.suffix(count).joined())
          operands = operands.dropLast(count) + [sequence]
        case .either(let count):
          let choices = operands.suffix(count)
          operands = operands.dropLast(count) + [either(choices)]
        case .repeated(let least, let most):
          if let operand = operands.popLast() { operands.append(repeated(operand, least, most)) }
        }
      }

      private static func either(_ choices: ArraySlice<[Step]>) -> [Step] {
        var steps = choices.last ?? []
        for choice in choices.dropLast().reversed() {
          steps = [.fork(1, choice.count + 2)] + choice + [.jump(steps.count + 1)] + steps
        }
        return steps
      }

      private static func repeated(_ operand: [Step], _ least: Int, _ most: Int?) -> [Step] {
        var steps = Array(repeatElement(operand, count: least).joined())
        guard let most else {
          return steps + [.fork(1, operand.count + 2)] + operand + [.jump(-operand.count - 1)]
        }
        let option = [.fork(1, operand.count + 1)] + operand
        for _ in least..<max(least, most) { steps += option }
        return steps
      }
    }
    """#

  static let expressionProgram = #"""
    extension Values {
      func matches(_ expression: Expression) -> Bool { some { expression.matches($0) } }
    }

    extension Expression {
      func matches(_ text: String) -> Bool {
        let scalars = Array(text.unicodeScalars)
        var reachedAt = Array(repeating: -1, count: steps.count)
        var waiting: [Int] = []
        for at in 0...scalars.count {
          var pending = [0] + waiting
          waiting = []
          while let step = pending.popLast() {
            if reachedAt[step] == at { continue }
            reachedAt[step] = at
            switch steps[step] {
            case .oneOf(let ranges):
              if at < scalars.count, ranges.contains(where: { $0.contains(scalars[at]) }) {
                waiting.append(step + 1)
              }
            case .place(let place): if Expression.isAt(place, scalars, at) { pending.append(step + 1) }
            case .fork(let one, let other): pending += [step + one, step + other]
            case .jump(let distance): pending.append(step + distance)
            case .found: return true
            }
          }
        }
        return false
      }

      private static func isAt(_ place: Place, _ scalars: [Unicode.Scalar], _ at: Int) -> Bool {
        let before = at > 0 ? scalars[at - 1] : nil
        let here = at < scalars.count ? scalars[at] : nil
        return switch place {
        case .textStart: before == nil
        case .textEnd: here == nil
        case .textEndOrFinalBreak: here == nil || (here == "\n" && at == scalars.count - 1)
        case .lineStart: before == nil || (before == "\n" && here != nil)
        case .lineEnd: here == nil || here == "\n"
        case .wordBoundary: isWord(before) != isWord(here)
        case .notWordBoundary: isWord(before) == isWord(here)
        }
      }

      private static func isWord(_ scalar: Unicode.Scalar?) -> Bool {
        guard let value = scalar?.value else { return false }
        return value == 0x5F || [0x30...0x39, 0x41...0x5A, 0x61...0x7A].contains { $0.contains(value) }
      }
    }
    """#
}
