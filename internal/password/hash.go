package password

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// Hash is a password as it is kept: argon2id in PHC form. "" is no password at all, and
// nothing matches it.
type Hash string

// The cost of one hash: 19 MiB and two passes on one thread, as OWASP advises.
const (
	memoryKiB = 19 << 10
	passes    = 2
	threads   = 1
	saltBytes = 16
	keyBytes  = 32
)

// atOnce is how many hashes are computed at the same time: memory stays below 40 MiB
// however many people sign in.
const atOnce = 2

// Hasher hashes and compares. It is safe for concurrent use.
type Hasher struct {
	slots chan struct{}
	none  Hash // of a password nobody knows: what unknown logins are compared with
}

// NewHasher makes a hasher. It computes one hash.
func NewHasher() *Hasher {
	h := &Hasher{slots: make(chan struct{}, atOnce)}
	h.none = encode(rand.Text())
	return h
}

// Make hashes a password with a salt of its own. Errors: only that ctx ended while it
// waited for its turn.
func (h *Hasher) Make(ctx context.Context, password string) (Hash, error) {
	if err := h.wait(ctx); err != nil {
		return "", err
	}
	defer h.done()
	return encode(password), nil
}

// Matches reports whether a password is that of a hash. For "" and what is no hash it
// says no, after the same work. Errors: only that ctx ended while it waited for its turn.
func (h *Hasher) Matches(ctx context.Context, kept Hash, password string) (bool, error) {
	if err := h.wait(ctx); err != nil {
		return false, err
	}
	defer h.done()
	p, err := parse(kept)
	known := err == nil
	if !known {
		p, _ = parse(h.none)
	}
	key := argon2.IDKey(bytesOf(password), p.salt, p.passes, p.memoryKiB, p.threads, uint32(len(p.key)))
	same := subtle.ConstantTimeCompare(key, p.key) == 1
	return same && known, nil
}

func (h *Hasher) wait(ctx context.Context) error {
	select {
	case h.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (h *Hasher) done() { <-h.slots }

// bytesOf is a password in one form, however the keyboard composed its letters.
func bytesOf(password string) []byte { return norm.NFC.Bytes([]byte(password)) }

func encode(password string) Hash {
	salt := make([]byte, saltBytes)
	rand.Read(salt)
	key := argon2.IDKey(bytesOf(password), salt, passes, memoryKiB, threads, keyBytes)
	b64 := base64.RawStdEncoding
	return Hash(fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, memoryKiB, passes, threads,
		b64.EncodeToString(salt), b64.EncodeToString(key)))
}

// parameters are what a PHC text says.
type parameters struct {
	memoryKiB, passes uint32
	threads           uint8
	salt, key         []byte
}

var errForm = errors.New("no argon2id hash in PHC form")

// parse reads a hash. Costs far above our own are refused: they would be a way to bring
// the program down.
func parse(h Hash) (p parameters, err error) {
	parts := strings.Split(string(h), "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" {
		return p, errForm
	}
	version := 0
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return p, errForm
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &p.memoryKiB, &p.passes, &p.threads); err != nil {
		return p, errForm
	}
	b64 := base64.RawStdEncoding.Strict()
	salt, badSalt := b64.DecodeString(parts[4])
	key, badKey := b64.DecodeString(parts[5])
	p.salt, p.key = salt, key
	if badSalt != nil || badKey != nil || len(salt) < 8 || len(key) < 16 || len(key) > 64 || p.passes < 1 ||
		p.passes > 10 || p.threads < 1 || p.threads > 4 || p.memoryKiB < 8 || p.memoryKiB > 64<<10 {
		return p, errForm
	}
	return p, nil
}
