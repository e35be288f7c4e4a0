package people_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/people"
)

func TestWeakPINs(t *testing.T) {
	for pin, weak := range map[string]bool{
		"0000": true, "7777": true, "1234": true, "4321": true, "6789": true, "0123": true, "1212": true, "1999": true, "2013": true, "2099": true,
		"0503": true, "0305": true, // the birthday both ways
		"4812": false, "1357": false, "1122": false, "9012": false, "0912": false,
	} {
		assert.Equal(t, weak, people.WeakPIN(pin, "2014-03-05"), pin)
	}
	assert.False(t, people.WeakPIN("0503", ""), "nobody's birthday")
	strong := 0
	for n := range 10_000 {
		if !people.WeakPIN(fourDigits(n), "") {
			strong++
		}
	}
	assert.Equal(t, 9688, strong, "what docs/security.md says is left")
}

func fourDigits(n int) string {
	return string([]byte{'0' + byte(n/1000), '0' + byte(n/100%10), '0' + byte(n/10%10), '0' + byte(n%10)})
}

func TestClassSecretsAreDrawnFairly(t *testing.T) {
	pins, icons := map[string]int{}, map[string]int{}
	for range 3000 {
		pin := people.NewClassSecret(people.SecretPIN, "2014-03-05")
		require.Len(t, pin, 4)
		require.False(t, people.WeakPIN(pin, "2014-03-05"))
		pins[pin]++
		three := strings.Split(people.NewClassSecret(people.SecretIcons, ""), "-")
		require.Len(t, three, 3)
		slices.Sort(three)
		require.Len(t, slices.Compact(slices.Clone(three)), 3, "no picture twice")
		for _, icon := range three {
			require.Contains(t, people.Icons, icon)
			icons[icon]++
		}
	}
	assert.Greater(t, len(pins), 2400, "3,000 draws out of some 9,690 hit about 2,600 different ones")
	for icon, n := range icons {
		assert.InDelta(t, 3000*3/12, n, 150, icon)
	}
}

// cardsOf prints and answers the cards by person.
func (w *world) cardsOf(actor models.Actor, class models.ID, persons ...models.ID) map[models.ID]people.Card {
	w.t.Helper()
	list, err := w.people.IssueCards(ctx, actor, class, persons)
	require.NoError(w.t, err)
	m := map[models.ID]people.Card{}
	for _, c := range list {
		m[c.PersonID] = c
	}
	return m
}

func TestCardsMakeAccountsAndSecrets(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		class := w.class[0][0]
		teacher := w.actor(w.account("giaovien", grant(models.RoleTeacher, models.ScopeClass, class)))
		an, other := w.pupil("Nguyễn Văn An", class), w.pupil("Nguyễn Văn An", class)
		had := w.pupilAccount("binh", w.pupil("Trần Bình", class))
		cards := w.cardsOf(teacher, class)
		require.Len(t, cards, 3)
		assert.ElementsMatch(t, []string{"nguyenvanan", "nguyenvanan2"}, []string{cards[an.ID].Username, cards[other.ID].Username})
		assert.Equal(t, "binh", cards[had.PersonID].Username)
		assert.Equal(t, []string{"6A1", "Trường THCS Hà Tu"}, []string{cards[an.ID].ClassName, cards[an.ID].SchoolName})
		for id, c := range cards {
			require.Len(t, c.Secret, 4)
			assert.Zero(t, w.count("class_secrets", "secret_hash LIKE ?", "%"+c.Secret+"%"), "only the hash is kept")
			s, err := w.people.SignIn(ctx, people.Credentials{Username: c.Username, Password: c.Password})
			require.NoError(t, err)
			assert.True(t, s.MustChange)
			ok, err := w.people.CheckClassSecret(ctx, id, c.Secret)
			require.NoError(t, err)
			assert.True(t, ok)
			ok, err = w.people.CheckClassSecret(ctx, id, "9"+c.Secret[1:])
			require.NoError(t, err)
			assert.Equal(t, c.Secret[0] == '9', ok)
		}
		kind, states, err := w.people.ClassCards(ctx, teacher, class)
		require.NoError(t, err)
		assert.Equal(t, people.SecretPIN, kind)
		require.Len(t, states, 3)
		for _, s := range states {
			assert.Equal(t, people.CardReady, s.State)
			assert.Equal(t, w.clock.Now(), *s.MadeAt)
		}
	})
}

func TestReprintKillsTheOldSecretsAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		class := w.class[0][0]
		teacher := w.actor(w.account("giaovien", grant(models.RoleTeacher, models.ScopeClass, class)))
		an, binh := w.pupil("An", class), w.pupil("Bình", class)
		old := w.cardsOf(teacher, class)
		phone, err := w.people.SignIn(ctx, people.Credentials{Username: old[an.ID].Username, Password: old[an.ID].Password})
		require.NoError(t, err)
		shared, ok, err := w.people.SignInToLesson(ctx, an.ID, old[an.ID].Secret, w.id())
		require.NoError(t, err)
		require.True(t, ok)
		require.NoError(t, w.people.SetClassSecretKind(ctx, teacher, class, people.SecretIcons))
		fresh := w.cardsOf(teacher, class, an.ID)
		require.Len(t, fresh, 1)
		assert.Len(t, strings.Split(fresh[an.ID].Secret, "-"), 3, "the class prints pictures now")
		assert.Equal(t, old[an.ID].Username, fresh[an.ID].Username, "names stay")
		for _, s := range []people.Session{phone, shared} {
			_, err := w.people.ActorOf(ctx, s.Account.ID, s.Epoch)
			assert.Equal(t, models.KindUnauthenticated, models.KindOf(err))
			_, err = w.people.Refresh(ctx, s.RefreshToken)
			assert.Equal(t, models.KindUnauthenticated, models.KindOf(err))
		}
		_, err = w.people.SignIn(ctx, people.Credentials{Username: old[an.ID].Username, Password: old[an.ID].Password})
		assert.Equal(t, models.KindUnauthenticated, models.KindOf(err))
		_, ok, err = w.people.SignInToLesson(ctx, an.ID, old[an.ID].Secret, w.id())
		require.NoError(t, err)
		assert.False(t, ok)
		_, ok, err = w.people.SignInToLesson(ctx, binh.ID, old[binh.ID].Secret, w.id())
		require.NoError(t, err)
		assert.True(t, ok, "digits that are out stay good until they are printed anew")
	})
}

func TestTwoTeachersPrintAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		class := w.class[0][0]
		teacher := w.actor(w.account("giaovien", grant(models.RoleTeacher, models.ScopeClass, class)))
		an := w.pupil("An", class)
		w.cardsOf(teacher, class)
		var mu sync.Mutex
		var all sync.WaitGroup
		var good []people.Card
		for range 6 {
			all.Go(func() {
				cards, err := w.people.IssueCards(ctx, teacher, class, nil)
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					assert.Equal(t, "cards_changed", models.CodeOf(err))
					return
				}
				good = append(good, cards...)
			})
		}
		all.Wait()
		require.NotEmpty(t, good)
		works := 0
		for _, c := range good {
			ok, err := w.people.CheckClassSecret(ctx, an.ID, c.Secret)
			require.NoError(t, err)
			if ok {
				works++
				_, err := w.people.SignIn(ctx, people.Credentials{Username: c.Username, Password: c.Password})
				assert.NoError(t, err, "of the same printing")
			}
		}
		assert.GreaterOrEqual(t, works, 1, "the last printing works")
		assert.Equal(t, 1, w.count("class_secrets", "person_id = ?", an.ID))
	})
}

func TestCardsAreForOwnPupilsOnly(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		class := w.class[0][0]
		mine := w.pupil("An", class)
		theirs := w.pupil("Bình", w.class[1][0])
		teacher := w.actor(w.account("giaovien", grant(models.RoleTeacher, models.ScopeClass, class)))
		staff, err := w.people.CreateAccount(ctx, w.admin, people.NewAccount{Username: "cogiao", DisplayName: "Cô", Password: password,
			PersonID: w.pupil("Cô học bổ túc", class).ID, Grants: []models.Grant{studentGrant, grant(models.RoleTeacher, models.ScopeClass, class)}})
		require.NoError(t, err)
		off := w.pupilAccount("nghi", w.pupil("Đã nghỉ", class))
		require.NoError(t, w.people.Disable(ctx, w.admin, off.ID))

		cards := w.cardsOf(teacher, class, mine.ID, theirs.ID, staff.PersonID, off.PersonID)
		require.Len(t, cards, 1, "no card for another school's pupil, for staff, for a disabled account")
		assert.Contains(t, cards, mine.ID)
		_, err = w.people.IssueCards(ctx, teacher, class, []models.ID{theirs.ID})
		assert.Equal(t, "no_cards", models.CodeOf(err))
		for _, c := range []models.ID{w.class[0][1], w.class[1][0], w.id()} {
			_, err := w.people.IssueCards(ctx, teacher, c, nil)
			assert.Equal(t, models.KindNotFound, models.KindOf(err))
			_, _, err = w.people.ClassCards(ctx, teacher, c)
			assert.Equal(t, models.KindNotFound, models.KindOf(err))
			assert.Equal(t, models.KindNotFound, models.KindOf(w.people.SetClassSecretKind(ctx, teacher, c, people.SecretPIN)))
		}
		assert.Equal(t, models.KindInvalid, models.KindOf(w.people.SetClassSecretKind(ctx, teacher, class, "password")))
		_, err = w.people.IssueCards(ctx, w.actor(w.pupilAccount("emnho", w.pupil("Em", class))), class, nil)
		assert.Equal(t, models.KindForbidden, models.KindOf(err))

		// A known secret does not open an account that is more than a pupil's.
		hash, err := cheap.Hash(ctx, "4812")
		require.NoError(t, err)
		w.tx(func(tx *gorm.DB) error {
			return people.GiveKnownSecret(tx, []models.ID{staff.PersonID, off.PersonID}, people.SecretPIN, hash, w.clock.Now())
		})
		for _, person := range []models.ID{staff.PersonID, off.PersonID, w.id()} {
			ok, err := w.people.CheckClassSecret(ctx, person, "4812")
			require.NoError(t, err)
			assert.False(t, ok)
		}
	})
}

func TestLessonSignInsAreBound(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		class, lesson := w.class[0][0], w.id()
		an := w.pupil("An", class)
		teacher := w.actor(w.account("giaovien", grant(models.RoleTeacher, models.ScopeClass, class)))
		secret := w.cardsOf(teacher, class)[an.ID].Secret
		s, ok, err := w.people.SignInToLesson(ctx, an.ID, secret, lesson)
		require.NoError(t, err)
		require.True(t, ok)
		assert.Equal(t, lesson, s.Lesson)
		assert.False(t, s.MustChange, "the password is for the telephone")
		assert.LessOrEqual(t, s.RefreshExpires.Sub(w.clock.Now()).Hours(), 5.0)
		next, err := w.people.Refresh(ctx, s.RefreshToken)
		require.NoError(t, err)
		assert.Equal(t, lesson, next.Lesson, "a refresh stays bound")
		_, err = w.people.ChangePassword(ctx, next.Actor, "x", "another-long-one")
		assert.Equal(t, "lesson_only", models.CodeOf(err))
	})
}
