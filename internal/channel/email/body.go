package email

import "bufio"

// writeBody writes a message as the body of DATA, without the final dot: every line
// ends with CR LF, whatever ended it before, and a line that begins with a dot gets
// another one. A bare CR or LF never reaches the server, which could take it for
// the end of the message and the rest for commands.
func writeBody(w *bufio.Writer, message []byte) error {
	atStart := true
	for i := 0; i < len(message); i++ {
		c := message[i]
		if c == '\r' || c == '\n' {
			if c == '\r' && i+1 < len(message) && message[i+1] == '\n' {
				i++
			}
			if _, err := w.WriteString("\r\n"); err != nil {
				return err
			}
			atStart = true
			continue
		}
		if atStart && c == '.' {
			if err := w.WriteByte('.'); err != nil {
				return err
			}
		}
		atStart = false
		if err := w.WriteByte(c); err != nil {
			return err
		}
	}
	if atStart {
		return nil
	}
	_, err := w.WriteString("\r\n")
	return err
}
