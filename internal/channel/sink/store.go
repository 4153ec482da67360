package sink

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// indexName is the file with one line a mail: number, date, recipients, subject,
// Message-ID, separated by tabs. A mail is accepted when its line is on the disk.
const indexName = "index.txt"

// store keeps mails as files: NNNNNN.eml as received, NNNNNN.txt and NNNNNN.html as
// a person reads them.
type store struct {
	dir   string
	index *os.File
}

// openStore opens or makes the directory and reads what is there already.
func openStore(dir string) (*store, []Mail, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, nil, err
	}
	index, err := os.OpenFile(filepath.Join(dir, indexName), os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		return nil, nil, err
	}
	mails, err := readIndex(index)
	if err != nil {
		_ = index.Close()
		return nil, nil, err
	}
	return &store{dir: dir, index: index}, mails, nil
}

// readIndex reads the lines of earlier mails and cuts off one that a crash left
// half written: that mail was never accepted.
func readIndex(index *os.File) ([]Mail, error) {
	var mails []Mail
	var whole int64
	lines := bufio.NewReader(index)
	for {
		line, err := lines.ReadString('\n')
		if err != nil { // the end, or a line without its end
			return mails, index.Truncate(whole)
		}
		whole += int64(len(line))
		cells := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(cells) != 5 {
			return nil, fmt.Errorf("%s: line %d has %d cells, expected 5", index.Name(), len(mails)+1,
				len(cells))
		}
		mails = append(mails, Mail{Number: len(mails) + 1, Date: cells[1], To: strings.Split(cells[2], " "),
			Subject: cells[3], MessageID: cells[4]})
	}
}

// write puts a mail on the disk: the files first, then the line that counts it.
func (s *store) write(m Mail) error {
	base := filepath.Join(s.dir, fmt.Sprintf("%06d", m.Number))
	text, html := readable(m.Bytes)
	for _, f := range []struct{ suffix, content string }{
		{".eml", string(m.Bytes)}, {".txt", text}, {".html", html},
	} {
		if f.content == "" {
			continue
		}
		if err := writeSynced(base+f.suffix, f.content); err != nil {
			return err
		}
	}
	line := fmt.Sprintf("%06d\t%s\t%s\t%s\t%s\n", m.Number, oneCell(m.Date), oneCell(strings.Join(m.To, " ")),
		oneCell(m.Subject), oneCell(m.MessageID))
	if _, err := s.index.WriteString(line); err != nil {
		return err
	}
	return s.index.Sync()
}

func (s *store) close() error { return s.index.Close() }

func writeSynced(path, content string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	if _, err = f.WriteString(content); err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	return err
}

// oneCell keeps the index at one line a mail.
func oneCell(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
}
