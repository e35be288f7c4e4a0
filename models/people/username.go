package people

import (
	"strconv"
	"strings"
	"unicode"

	"gorm.io/gorm"

	"nhaso/models"
)

// maxUsername leaves room for the number behind a made name in the 64
// characters of the column.
const maxUsername = 40

// Username makes a name to sign in with out of a person's name: "Nguyễn Thị
// Hồng Ánh" → "nguyenthihonganh". It has 1 to 40 of a–z and 0–9; a name that
// leaves nothing gives "nguoidung". Names of one form give the same result; see
// freeUsername for the number that tells them apart.
func Username(full string) string {
	var b strings.Builder
	for _, r := range models.Fold(full) {
		if b.Len() == maxUsername {
			break
		}
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			b.WriteRune(r)
		}
	}
	if b.Len() == 0 {
		return "nguoidung"
	}
	return b.String()
}

// NormalizeUsername is the form in which names are compared at sign-in: as
// people type them, with capitals, marks or spaces.
func NormalizeUsername(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, models.Fold(s))
}

// checkUsername applies the rule for chosen names: 3 to 64 of a–z, 0–9, dot,
// dash and underscore, beginning with a letter or digit.
func checkUsername(s string) error {
	bad := len(s) < 3 || len(s) > 64 || strings.IndexByte("._-", s[0]) >= 0
	for _, r := range s {
		bad = bad || !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || strings.ContainsRune("._-", r))
	}
	if bad {
		return models.InvalidField("body.username", "invalid_username")
	}
	return nil
}

// freeUsername answers base, or base with the least free number from 2 on.
// taken holds names promised in this transaction and takes the new one. The
// unique index has the last word: on a duplicate the transaction runs again.
func freeUsername(tx *gorm.DB, base string, taken map[string]bool) (string, error) {
	var used []string
	// ':' follows '9': the range holds base, base with digits, and little else,
	// and is served by the index on every database.
	err := tx.Raw("SELECT username FROM accounts WHERE username >= ? AND username < ?", base, base+":").Scan(&used).Error
	if err != nil {
		return "", err
	}
	for _, u := range used {
		taken[u] = true
	}
	name := base
	for n := 2; taken[name]; n++ {
		name = base + strconv.Itoa(n)
	}
	taken[name] = true
	return name, nil
}
