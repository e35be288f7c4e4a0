package scenario

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
)

// A bank's or wallet's reader takes EMV text (EMVCo Merchant-Presented QR, which VietQR follows): fields of two digits,
// a length of two digits and the value, 00 = "01" first, 63 = CRC-16/CCITT-FALSE over everything before it, last. VietQR
// puts the account into field 38 with the GUID A000000727. The parser below holds to that, so that what it refuses is no
// payment, and a payload in the form of a real one shows that it does not refuse everything.

type payment struct{ bank, account, amount, content string }

func parseVietQR(text string) (payment, error) {
	var p payment
	if len(text) < 8 || text[len(text)-8:len(text)-4] != "6304" {
		return p, errors.New("no CRC at the end")
	}
	if want := fmt.Sprintf("%04X", crc16(text[:len(text)-4])); text[len(text)-4:] != want {
		return p, errors.New("wrong CRC")
	}
	fields, err := tlv(text)
	if err != nil {
		return p, err
	}
	if !strings.HasPrefix(text, "000201") || fields["53"] != "704" || fields["58"] != "VN" {
		return p, errors.New("not the version, currency and country of VietQR")
	}
	merchant, err := tlv(fields["38"])
	if err != nil || merchant["00"] != "A000000727" {
		return p, errors.New("no VietQR account")
	}
	account, err := tlv(merchant["01"])
	if err != nil || account["00"] == "" || account["01"] == "" {
		return p, errors.New("no bank and account number")
	}
	extra, err := tlv(fields["62"])
	return payment{account["00"], account["01"], fields["54"], extra["08"]}, err
}

func tlv(text string) (map[string]string, error) {
	out := map[string]string{}
	for text != "" {
		if len(text) < 4 {
			return nil, errors.New("a field is cut short")
		}
		n, err := strconv.Atoi(text[2:4])
		if _, err2 := strconv.Atoi(text[:2]); err != nil || err2 != nil || n < 0 || len(text) < 4+n {
			return nil, errors.New("no field with a length")
		}
		out[text[:2]], text = text[4:4+n], text[4+n:]
	}
	return out, nil
}

// crc16 is CRC-16/CCITT-FALSE: polynomial 1021, start FFFF.
func crc16(text string) uint16 {
	crc := uint16(0xFFFF)
	for _, b := range []byte(text) {
		crc ^= uint16(b) << 8
		for range 8 {
			carry := crc&0x8000 != 0
			crc <<= 1
			if carry {
				crc ^= 0x1021
			}
		}
	}
	return crc
}

// vietQR writes a payload in the form that banks print; the bank number and the account are made up.
func vietQR(bank, account, amount, content string) string {
	f := func(tag, value string) string { return fmt.Sprintf("%s%02d%s", tag, len(value), value) }
	text := f("00", "01") + f("01", "12") + f("38", f("00", "A000000727")+f("01", f("00", bank)+f("01", account))+f("02", "QRIBFTTA")) +
		f("53", "704") + f("54", amount) + f("58", "VN") + f("62", f("08", content)) + "6304"
	return text + fmt.Sprintf("%04X", crc16(text))
}

func TestCRC(t *testing.T) {
	if got := crc16("123456789"); got != 0x29B1 {
		t.Errorf("the check value of CRC-16/CCITT-FALSE is 29B1, got %04X", got)
	}
}

// TestPracticeQRIsNoPayment: no text that a scenario can put into a code is read as a payment.
func TestPracticeQRIsNoPayment(t *testing.T) {
	real := vietQR("999999", "0000000001", "120000", "TIEN PHO")
	if got, err := parseVietQR(real); err != nil || got != (payment{"999999", "0000000001", "120000", "TIEN PHO"}) {
		t.Fatalf("the parser does not read a payload in the genuine form: %v %v", got, err)
	}
	if _, err := parseVietQR(real[:len(real)-1] + "~"); err == nil {
		t.Error("the parser does not look at the CRC")
	}
	s := small()
	// The last one is what an author might try: a whole genuine payload as the value.
	for _, value := range []string{"quan_pho", "120000", "", real} {
		for _, key := range []string{"thu", "quet_ma_quan_pho"} {
			s.Key = key
			text := s.QRText(Element{Value: value})
			if !strings.HasPrefix(text, "NHASO-MO-PHONG/1 ") {
				t.Errorf("%q does not say that it is practice", text)
			}
			if p, err := parseVietQR(text); err == nil {
				t.Errorf("%q is read as a payment to %+v", text, p)
			}
		}
	}
}
