package sink

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// indexName is the file with one line a mail: number, date, recipients, subject,
// Message-ID and sender, separated by tabs. A mail is accepted when its line is on the disk.
const indexName = "index.txt"

// store keeps mails as files: NNNNNN.eml as received, NNNNNN.txt and NNNNNN.html as
// a person reads them.
type store struct {
	dir      string
	index    *os.File
	unsynced bool
}

// openStore opens or makes the directory and reads what is there already.
func openStore(dir string, unsynced bool) (*store, []Mail, error) {
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
	return &store{dir, index, unsynced}, mails, nil
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
		if len(cells) != 6 {
			return nil, fmt.Errorf("%s: line %d has %d cells, expected 6", index.Name(), len(mails)+1,
				len(cells))
		}
		mails = append(mails, Mail{Number: len(mails) + 1, Date: cells[1], To: strings.Split(cells[2], " "),
			Subject: cells[3], MessageID: cells[4], Sender: cells[5]})
	}
}

// write puts a mail on the disk: the files first, then the line that counts it.
func (s *store) write(m Mail) error {
	base := s.base(m.Number)
	c := Read(m.Bytes)
	for _, f := range []struct{ suffix, content string }{
		{".eml", string(m.Bytes)}, {".txt", c.Text}, {".html", c.HTML},
	} {
		if f.content == "" {
			continue
		}
		if err := s.file(base+f.suffix, f.content); err != nil {
			return err
		}
	}
	line := fmt.Sprintf("%06d\t%s\t%s\t%s\t%s\t%s\n", m.Number, oneCell(m.Date), oneCell(strings.Join(m.To, " ")),
		oneCell(m.Subject), oneCell(m.MessageID), oneCell(m.Sender))
	if _, err := s.index.WriteString(line); err != nil {
		return err
	}
	return s.sync(s.index)
}

// sync waits for the disk, if the sink does.
func (s *store) sync(f *os.File) error {
	if s.unsynced {
		return nil
	}
	return f.Sync()
}

// base is where the files of a mail are, without their endings.
func (s *store) base(number int) string { return filepath.Join(s.dir, fmt.Sprintf("%06d", number)) }

// raw is a mail as it was received.
func (s *store) raw(number int) ([]byte, error) { return os.ReadFile(s.base(number) + ".eml") }

// keep forgets the mails after the first n of all: the lines that count them first, then
// the files.
func (s *store) keep(n, all int) error {
	if _, err := s.index.Seek(0, io.SeekStart); err != nil {
		return err
	}
	var length int64
	lines := bufio.NewReader(s.index)
	for range n {
		line, err := lines.ReadString('\n')
		if err != nil {
			return err
		}
		length += int64(len(line))
	}
	if err := s.index.Truncate(length); err != nil {
		return err
	}
	for number := n + 1; number <= all; number++ {
		for _, ending := range []string{".eml", ".txt", ".html"} {
			if err := os.Remove(s.base(number) + ending); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
	}
	return s.index.Sync()
}

func (s *store) close() error { return s.index.Close() }

func (s *store) file(path, content string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	if _, err = f.WriteString(content); err == nil {
		err = s.sync(f)
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
