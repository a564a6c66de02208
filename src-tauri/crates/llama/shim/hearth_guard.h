// The one place where exceptions end. Each translation unit gets its own copy (anonymous namespace),
// so that the ordinary archive and the fault archive never share code.
#pragma once

#include "hearth_shim.h"

#include <cstring>
#include <exception>
#include <new>
#include <stdexcept>

#ifdef HEARTH_SHIM_FAULTS
extern thread_local int32_t hs_fault_armed;
#endif

namespace {

// Thrown by our own bodies where llama.cpp refuses without an exception.
struct refused {
    const char * text;
};

inline void report(hs_status * st, int32_t code, const char * text) noexcept {
    st->code = code;
    std::strncpy(st->text, text, sizeof(st->text) - 1);
    st->text[sizeof(st->text) - 1] = 0;
}

template <typename Body> void guarded(hs_status * st, Body && body) noexcept {
    report(st, HS_OK, "");
    try {
#ifdef HEARTH_SHIM_FAULTS
        if (hs_fault_armed == 1) { throw std::bad_alloc(); }
        if (hs_fault_armed == 2) { throw 42; }
        if (hs_fault_armed == 3) { throw std::runtime_error("injected"); }
#endif
        body();
    } catch (const refused & r) {
        report(st, HS_REFUSED, r.text);
    } catch (const std::bad_alloc &) {
        report(st, HS_NO_MEMORY, "");
    } catch (const std::exception & e) {
        report(st, HS_EXCEPTION, e.what());
    } catch (...) {
        report(st, HS_UNKNOWN, "");
    }
}

} // namespace
