package seeds

import (
	"bytes"
	"context"
	"fmt"

	"nhaso/models"
	"nhaso/models/people"
	"nhaso/models/place"
)

// Villages makes the 1,452 villages of a generated province.
func (h *House) Villages(ctx context.Context) ([]place.Village, error) {
	return h.makeVillages(ctx, newGenerator(1), villageCount)
}

// NewOfficer makes an officer of the department for the whole province, who
// signs in with DemoPassword.
func (h *House) NewOfficer(ctx context.Context) (username string, err error) {
	province, err := h.Places.AreaByCode(ctx, "22", "")
	if err != nil {
		return "", err
	}
	account, err := h.People.CreateAccount(ctx, h.System, people.NewAccount{
		Username: "sogiaoduc", DisplayName: "Sở GD&ĐT", Password: DemoPassword,
		Grants: []models.Grant{{Role: models.RoleDeptOfficer, Scope: models.ScopeArea, At: province.ID}},
	})
	return account.Username, err
}

// RosterFile writes a school's roster of so many pupils as CSV, with the
// headings and the title rows that school software exports, and with columns
// that an import must drop.
func RosterFile(pupils int, seed uint64) []byte {
	g := newGenerator(seed)
	var b bytes.Buffer
	b.WriteString("\ufeffDANH SÁCH HỌC SINH,,,,,,,\nNăm học 2026-2027,,,,,,,\n")
	b.WriteString("STT,Mã định danh Bộ GD&ĐT,Họ và tên,Ngày sinh,Giới tính,Lớp,Dân tộc,Trạng thái\n")
	for n := range pupils {
		name, gender := g.fullName()
		grade := 6 + n*4/pupils
		fmt.Fprintf(&b, "%d,22%08d,%s,%02d/%02d/%d,%s,%d%c,Kinh,Đang học\n",
			n+1, n+1, name, 1+g.IntN(28), 1+g.IntN(12), 2020-grade, gender, grade, 'A'+rune(n/40%12))
	}
	return b.Bytes()
}
