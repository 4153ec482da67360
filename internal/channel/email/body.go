package email

import (
	"bufio"
	"bytes"
)

// writeBody writes a message as the body of DATA, without the final dot: every line
// ends with CR LF, whatever ended it before, and a line that begins with a dot gets
// another one. A bare CR or LF never reaches the server, which could take it for
// the end of the message and the rest for commands.
func writeBody(w *bufio.Writer, message []byte) error {
	for len(message) > 0 {
		line, rest := message, message[:0]
		if end := bytes.IndexAny(message, "\r\n"); end >= 0 {
			line, rest = message[:end], message[end+1:]
			if message[end] == '\r' && len(rest) > 0 && rest[0] == '\n' {
				rest = rest[1:]
			}
		}
		if len(line) > 0 && line[0] == '.' {
			if err := w.WriteByte('.'); err != nil {
				return err
			}
		}
		if _, err := w.Write(line); err != nil {
			return err
		}
		if _, err := w.WriteString("\r\n"); err != nil {
			return err
		}
		message = rest
	}
	return nil
}
