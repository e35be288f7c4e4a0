package place

import (
	"regexp"
	"strings"

	"gorm.io/gorm"

	"nhaso/models"
)

// villagePrefix stands before the random part, so that the code of a village
// is never mistaken for one of an area or a household.
const villagePrefix = "V-"

// newVillageCode makes a random code: 31^6 ≈ 9·10^8 for 90,000 villages, and
// the unique index for the rest.
func newVillageCode() string { return villagePrefix + models.NewCode(6) }

// givenCode is what an importer may bring as a village's code: the code that
// the province already uses, for instance of its own list.
var givenCode = regexp.MustCompile(`^V-[0-9A-Z]{1,13}$`)

// NormalizeVillageCode reads a village code as people type it ("v 7kqm29x")
// and answers the canonical form "V-7KQM29X". The error is an Invalid Error
// with code "invalid_code". A mistyped check character is not found out here,
// because codes may also be given by the province.
func NormalizeVillageCode(s string) (string, error) {
	s = strings.ToUpper(strings.NewReplacer(" ", "", "-", "", "\u00a0", "").Replace(strings.TrimSpace(s)))
	s = villagePrefix + strings.TrimPrefix(s, "V")
	if !givenCode.MatchString(s) {
		return "", models.Invalid("invalid_code")
	}
	return s, nil
}

// IsVillageCode tells whether a code of an address, as in
// /areas/{code}/coverage, is that of a village.
func IsVillageCode(s string) bool {
	return len(s) > 1 && (s[0] == 'V' || s[0] == 'v')
}

// clip cuts text to at most n characters, the length of its column.
func clip(s string, n int) string {
	s = models.Clean(s)
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}

// areaRow scans one area. KindNotFound when there is none.
func areaRow(q *gorm.DB) (Area, error) {
	var a Area
	if err := q.Scan(&a).Error; err != nil {
		return Area{}, err
	}
	if a.ID.IsZero() {
		return Area{}, models.NotFound()
	}
	return a, nil
}
