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
	lf := -1 // where the next LF is; the end if there is none
	for at := 0; at < len(message); {
		if lf < at {
			if lf = bytes.IndexByte(message[at:], '\n'); lf < 0 {
				lf = len(message)
			} else {
				lf += at
			}
		}
		if message[at] == '.' {
			if err := w.WriteByte('.'); err != nil {
				return err
			}
		}
		end, next := lf, lf+1
		if cr := bytes.IndexByte(message[at:lf], '\r'); cr >= 0 && at+cr+1 < lf {
			end, next = at+cr, at+cr+1 // a bare one
		} else if cr >= 0 {
			end = at + cr
		}
		if _, err := w.Write(message[at:end]); err != nil {
			return err
		}
		if _, err := w.WriteString("\r\n"); err != nil {
			return err
		}
		at = next
	}
	return nil
}
