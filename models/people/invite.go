package people

import (
	"context"
	"fmt"
	"strings"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/place"
	"nhaso/models/sheet"
	"nhaso/models/store"
)

// Invitation is one line of a list of new staff. ID becomes the account's and
// is made by the client, so that a repeat makes nobody twice. Classes are names
// of classes of the present school year ("7A, 7B"); empty: the whole school,
// which a homeroom teacher cannot have.
type Invitation struct {
	ID      models.ID
	Name    string
	Role    models.Role
	Classes string
	LastDay string // civil day on which the role ends, empty: no end
}

// StaffCard is what a new member of staff needs for the first sign-in. Secret
// is answered this once; in a repeat it is empty.
type StaffCard struct {
	AccountID models.ID
	Name      string
	Username  string
	Secret    string
}

// maxInvitations bounds one list: hashing takes 36 ms each.
const maxInvitations = 200

// Invite makes accounts for new staff, all or none. Errors: NotFound for a
// school out of reach; Invalid naming body.rows[i] and the field; KindConflict
// "id_taken" when an id is somebody else's account.
func (p *People) Invite(ctx context.Context, actor models.Actor, school models.ID, list []Invitation) ([]StaffCard, error) {
	db := p.db.Read(ctx)
	if _, err := SchoolFor(db, actor, models.ActManageSchool, school); err != nil {
		return nil, err
	}
	if len(list) == 0 || len(list) > maxInvitations {
		return nil, models.InvalidField("body.rows", "too_many")
	}
	accounts, rows, err := p.invited(db, actor, school, list)
	if err != nil {
		return nil, err
	}
	secrets := map[models.ID]string{}
	for i := range accounts {
		secret := newSecret(10)
		if accounts[i].SecretHash, err = p.hasher.Hash(ctx, secret); err != nil {
			return nil, err
		}
		secrets[accounts[i].ID] = secret
	}
	var cards []StaffCard
	err = p.db.Tx(ctx, func(tx *gorm.DB) error {
		if cards, err = p.writeInvited(tx, school, accounts, rows); err != nil {
			return err
		}
		return recordInvited(tx, actor, school, cards)
	})
	for i, c := range cards {
		if c.Secret != "" {
			cards[i].Secret = secrets[c.AccountID]
		}
	}
	return cards, err
}

// invited checks a list and makes its accounts and grants, without secrets.
func (p *People) invited(db *gorm.DB, actor models.Actor, school models.ID, list []Invitation) ([]NewAccount, map[models.ID][]grantRow, error) {
	classes, err := classesOf(db, school, place.SchoolYear(dayOf(db)))
	if err != nil {
		return nil, nil, err
	}
	accounts, rows := make([]NewAccount, len(list)), map[models.ID][]grantRow{}
	var bad []models.Field
	for i, n := range list {
		blame := func(field, code string) {
			bad = append(bad, models.Field{Location: fmt.Sprintf("body.rows[%d].%s", i, field), Code: code})
		}
		n.Name = models.Clean(n.Name)
		if n.Name == "" || len([]rune(n.Name)) > maxName {
			blame("name", "invalid_name")
		}
		if n.ID.IsZero() || rows[n.ID] != nil {
			blame("id", "required")
		}
		at, known := classIDs(classes, n.Classes)
		if !known {
			blame("classes", "unknown_class")
			continue
		}
		if n.Role == models.RoleTeacher && at[0].IsZero() {
			blame("classes", "required")
			continue
		}
		for _, class := range at {
			d := Delegation{Account: n.ID, Role: n.Role, ClassID: class, LastDay: n.LastDay}
			row, err := d.row(db, school, actor)
			if err != nil {
				bad = append(bad, models.Field{Location: fmt.Sprintf("body.rows[%d]", i), Code: firstCode(err)})
				break
			}
			rows[n.ID] = append(rows[n.ID], row)
		}
		accounts[i] = NewAccount{ID: n.ID, DisplayName: n.Name, MustChange: true, Locale: "vi"}
	}
	if len(bad) > 0 {
		return nil, nil, models.Invalid("invalid", bad...)
	}
	return accounts, rows, nil
}

func firstCode(err error) string {
	if e, ok := err.(*models.Error); ok && len(e.Fields) > 0 {
		return e.Fields[0].Code
	}
	return "invalid"
}

// classIDs reads names of classes; one zero id for none.
func classIDs(classes map[string]place.Class, names string) (ids []models.ID, known bool) {
	for _, name := range strings.FieldsFunc(names, func(r rune) bool { return r == ',' || r == ';' || r == '+' || r == '/' }) {
		name = place.ClassName(name)
		if name == "" {
			continue
		}
		c, ok := classes[name]
		if !ok {
			return nil, false
		}
		ids = append(ids, c.ID)
	}
	if len(ids) == 0 {
		ids = []models.ID{{}}
	}
	return ids, true
}

// writeInvited writes the accounts that are not there yet. The secret of a card
// says only whether there is one.
func (p *People) writeInvited(tx *gorm.DB, school models.ID, accounts []NewAccount, rows map[models.ID][]grantRow) ([]StaffCard, error) {
	ids := make([]models.ID, len(accounts))
	for i, a := range accounts {
		ids[i] = a.ID
	}
	var there []accountRow
	if err := tx.Raw("SELECT * FROM accounts WHERE id IN ?", ids).Scan(&there).Error; err != nil {
		return nil, err
	}
	known := map[models.ID]accountRow{}
	for _, a := range there {
		if err := onStaff(tx, school, a.ID); err != nil {
			return nil, models.Conflict("id_taken")
		}
		known[a.ID] = a
	}
	var fresh []NewAccount
	var grants []grantRow
	for _, a := range accounts {
		if _, ok := known[a.ID]; !ok {
			fresh, grants = append(fresh, a), append(grants, rows[a.ID]...)
		}
	}
	made, err := createAccounts(tx, models.Actor{}, fresh, models.Clock(tx.NowFunc).Now())
	if err != nil {
		return nil, err
	}
	if err := insertAll(tx, "account_grants", grants); err != nil {
		if store.IsDuplicate(err) {
			return nil, models.InvalidField("body.rows", "duplicate")
		}
		return nil, err
	}
	username := map[models.ID]string{}
	for _, a := range made {
		username[a.ID] = a.Username
	}
	cards := make([]StaffCard, len(accounts))
	for i, a := range accounts {
		if old, ok := known[a.ID]; ok {
			cards[i] = StaffCard{AccountID: a.ID, Name: old.DisplayName, Username: old.Username}
			continue
		}
		cards[i] = StaffCard{AccountID: a.ID, Name: a.DisplayName, Username: username[a.ID], Secret: "new"}
	}
	return cards, nil
}

const (
	colStaffName  = "name"
	colStaffRole  = "role"
	colStaffClass = "class"
	colStaffUntil = "last_day"
)

// StaffSheet is what a list of staff has to look like.
var StaffSheet = sheet.Options{
	HeaderAliases: map[string][]string{
		colStaffName:  {"Họ và tên", "Họ tên", "Tên", "Name", "Full name"},
		colStaffRole:  {"Vai trò", "Chức vụ", "Nhiệm vụ", "Role"},
		colStaffClass: {"Lớp", "Lớp chủ nhiệm", "Class", "Classes"},
		colStaffUntil: {"Đến ngày", "Đến hết ngày", "Last day", "Until"},
	},
	Required: []string{colStaffName},
}

// roleWords are how schools write the roles, folded; the longest match wins.
var roleWords = map[string]models.Role{
	"chu nhiem": models.RoleTeacher, "gvcn": models.RoleTeacher, "teacher": models.RoleTeacher, "giao vien": models.RoleTeacher,
	"giao vien mo dun": models.RoleModuleTeacher, "giao vien mon": models.RoleModuleTeacher, "giao vien bo mon": models.RoleModuleTeacher,
	"gvbm": models.RoleModuleTeacher, "bo mon": models.RoleModuleTeacher, "module teacher": models.RoleModuleTeacher,
	"giam thi": models.RoleInvigilator, "coi thi": models.RoleInvigilator, "invigilator": models.RoleInvigilator,
	"hieu truong": models.RoleHead, "pho hieu truong": models.RoleHead, "giam doc": models.RoleHead, "head": models.RoleHead,
	"quan tri": models.RoleSchoolAdmin, "quan tri truong": models.RoleSchoolAdmin, "school admin": models.RoleSchoolAdmin,
}

// roleOfWord reads a role as a school writes it; empty when it says nothing we
// know.
func roleOfWord(text string) models.Role {
	text = models.Fold(text)
	best, role := "", models.Role("")
	for word, r := range roleWords {
		if strings.Contains(text, word) && (len(word) > len(best)) {
			best, role = word, r
		}
	}
	return role
}

// ReadStaff turns a list of staff into invitations, for somebody to look at
// before they are sent: nothing is written. An unknown role stays empty. Errors
// are those of the sheet.
func ReadStaff(tables []sheet.Table) (list []Invitation) {
	for i := range tables {
		t := &tables[i]
		for _, row := range t.Rows {
			n := Invitation{Name: models.Clean(t.Cell(row, colStaffName)), Classes: models.Clean(t.Cell(row, colStaffClass))}
			if n.Name == "" || len(list) == maxInvitations {
				continue
			}
			word := t.Cell(row, colStaffRole)
			n.Role = roleOfWord(word)
			if n.Role == "" && strings.TrimSpace(word) == "" && n.Classes != "" {
				n.Role = models.RoleTeacher
			}
			if day, err := t.Date(row, colStaffUntil); err == nil {
				n.LastDay = day
			}
			list = append(list, n)
		}
	}
	return list
}
