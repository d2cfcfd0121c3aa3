package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
)

// visitor is a person at a browser.
type visitor struct {
	address string
	jar     http.CookieJar
}

func (v *visitor) browser() *http.Client {
	if v.jar == nil {
		v.jar, _ = cookiejar.New(nil)
	}
	return &http.Client{Jar: v.jar, Timeout: patience, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// signIn goes through the door.
func (v *visitor) signIn(login, password string) error {
	r, err := v.browser().PostForm("http://"+v.address+"/sign-in", url.Values{"login": {login}, "password": {password}})
	if err != nil {
		return err
	}
	defer r.Body.Close()
	if r.StatusCode != http.StatusSeeOther {
		return fmt.Errorf("sign-in: %d", r.StatusCode)
	}
	return nil
}

// at is the same person, with the same cookies, before another copy of the program.
func (v *visitor) at(address string) *visitor {
	from, _ := url.Parse("http://" + v.address)
	to, _ := url.Parse("http://" + address)
	other := &visitor{address: address}
	other.browser()
	other.jar.SetCookies(to, v.jar.Cookies(from))
	return other
}

// look opens a page and says how it was answered.
func (v *visitor) look(path string) (int, error) {
	r, err := v.browser().Get("http://" + v.address + path)
	if err != nil {
		return 0, err
	}
	defer r.Body.Close()
	_, err = io.Copy(io.Discard, r.Body)
	return r.StatusCode, err
}

func (v *visitor) post(path string) (int, error) {
	r, err := http.NewRequest("POST", "http://"+v.address+path, nil)
	if err != nil {
		return 0, err
	}
	r.Header.Set("Origin", "http://"+v.address)
	w, err := v.browser().Do(r)
	if err != nil {
		return 0, err
	}
	w.Body.Close()
	return w.StatusCode, nil
}

// listen follows a page's live stream and gives each noun that changes.
func (v *visitor) listen(ctx context.Context, topics string) (<-chan string, error) {
	r, err := http.NewRequestWithContext(ctx, "GET", "http://"+v.address+"/live?topics="+topics, nil)
	if err != nil {
		return nil, err
	}
	b := v.browser()
	b.Timeout = 0
	w, err := b.Do(r)
	if err != nil {
		return nil, err
	}
	if w.StatusCode != http.StatusOK {
		w.Body.Close()
		return nil, fmt.Errorf("live stream: %d", w.StatusCode)
	}
	heard := make(chan string, 64)
	go func() {
		defer w.Body.Close()
		defer close(heard)
		for s := bufio.NewScanner(w.Body); s.Scan(); {
			if noun, ok := strings.CutPrefix(s.Text(), "data: "); ok && noun != "" {
				heard <- noun
			}
		}
	}()
	return heard, nil
}

// picture is a photo as a phone sends it with a form.
func picture(fields map[string]string) (body []byte, kind string, err error) {
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for k, v := range fields {
		if err := m.WriteField(k, v); err != nil {
			return nil, "", err
		}
	}
	f, err := m.CreateFormFile("photos", "灯.png")
	if err != nil {
		return nil, "", err
	}
	if err := png.Encode(f, image.NewRGBA(image.Rect(0, 0, 64, 48))); err != nil {
		return nil, "", err
	}
	if err := m.Close(); err != nil {
		return nil, "", err
	}
	return b.Bytes(), m.FormDataContentType(), nil
}
